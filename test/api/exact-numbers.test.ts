import { sql } from 'drizzle-orm';
import { rowsOf } from '../../src/db/connection/client';
import { type ApiWorld, createApiWorld } from '../support/api-world';
import { CSV, imported, NDJSON } from '../support/importing';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const BIG = '7615917337495251231';
const LONG = '0.1234567890123456789';
const DATA = `{"id":${BIG},"rate":${LONG},"deep":[{"x":-${BIG}}]}`;

/** The text of an answer: parsing it would round its numbers. */
async function textOf(method: 'GET' | 'POST' | 'PUT', url: string, payload?: string): Promise<string> {
  const headers = {
    'api-key': await world.keyWith('admin'),
    ...(payload !== undefined && { 'content-type': 'application/json' }),
  };
  return (await world.app.inject({ method, url, headers, payload })).body;
}

it('a profile keeps each digit, in a read, in both exports and after a merge of nested fields', async () => {
  const email = 'profile@example.com';
  await textOf('POST', '/api/users/update', `{"email":"${email}","dataFields":{"crm":${DATA},"big":${BIG}}}`);
  const nested = `{"email":"${email}","mergeNestedObjects":true,"dataFields":{"crm":{"more":1${BIG}}}}`;
  await textOf('POST', '/api/users/update', nested);
  const fields = `"crm":${DATA.slice(0, -1)},"more":1${BIG}},"big":${BIG}`;
  expect(await textOf('GET', `/api/users/${email}`)).toContain(fields);
  expect(await textOf('GET', `/api/users/getByEmail?email=${email}`)).toContain(fields);
  expect(await textOf('GET', '/api/users/export?format=ndjson')).toContain(fields);
  const csv = await textOf('GET', '/api/users/export?format=csv');
  expect(csv).toContain(`,${BIG}`);
  expect(csv).toContain(`"${DATA.slice(0, -1).replaceAll('"', '""')},""more"":1${BIG}}"`);
  expect((await world.call('GET', '/api/users/getFields')).body.fields).toMatchObject({ big: 'long' });
});

it('an import keeps each digit, of CSV and of NDJSON', async () => {
  await imported(world, `email,a:long,b:double,c:object\nc@example.com,${BIG},${LONG},"{""x"":${BIG}}"\n`, {
    type: CSV,
  });
  const fields = `"a":${BIG},"b":${LONG},"c":{"x":${BIG}}`;
  expect(await textOf('GET', '/api/users/c@example.com')).toContain(fields);
  await imported(world, `{"email":"n@example.com","dataFields":{${fields}}}\n`, { type: NDJSON });
  expect(await textOf('GET', '/api/users/n@example.com')).toContain(fields);
});

it('events and trigger data keep each digit', async () => {
  const email = 'events@example.com';
  const journey = await world.call('POST', '/api/journeys', {
    name: 'Bought',
    tiles: [{ id: 'wait', type: 'delay', for: '1 hour' }],
    entry: { source: 'event', eventName: 'bought' },
  });
  await world.call('POST', `/api/journeys/${journey.body.id}/publish`);
  await textOf('POST', '/api/events/track', `{"email":"${email}","eventName":"bought","dataFields":${DATA}}`);
  await textOf('POST', '/api/events/track', `{"email":"${email}","eventName":"bought","dataFields":${DATA}}`);
  expect(await textOf('GET', `/api/events/${email}`)).toContain(`"dataFields":${DATA}`);
  const trigger = `{"workflowId":${journey.body.id},"email":"${email}","dataFields":${DATA}}`;
  await textOf('POST', '/api/workflows/triggerWorkflow', trigger);
  const stored = await rowsOf<{ data: string }>(
    world.db,
    sql`select trigger_data::text as data from entries`,
  );
  expect(stored).toHaveLength(3);
  for (const { data } of stored) expect(data).toContain(DATA.slice(1, -1));
});

it('a journey keeps the numbers of its conditions and payloads as they are written', async () => {
  const definition = `"tiles":[{"id":"a","type":"webhook","webhook":{"url":"https://x.example.com/","payload":{"n":${BIG}}}}],"entry":{"source":"event","eventName":"e","where":{"field":"event.id","is":"equals","value":${BIG}}}`;
  const created = await textOf('POST', '/api/journeys', `{"name":"Exact",${definition}}`);
  const { id } = JSON.parse(created) as { id: number };
  const read = await textOf('GET', `/api/journeys/${id}`);
  expect(read).toContain(`"n":${BIG}`);
  expect(read).toContain(`"value":${BIG}`);
});

it('an event starts a journey whose condition names its big number, and no neighbour of it does', async () => {
  const text = await textOf(
    'POST',
    '/api/journeys',
    `{"name":"One","tiles":[{"id":"wait","type":"delay","for":"1 hour"}],"entry":{"source":"event","eventName":"one","where":{"field":"event.id","is":"equals","value":${BIG}}}}`,
  );
  const { id } = JSON.parse(text) as { id: number };
  await world.call('POST', `/api/journeys/${id}/publish`);
  for (const number of [BIG, `${BIG.slice(0, -1)}2`, `"${BIG}"`]) {
    const event = `{"email":"one@example.com","eventName":"one","dataFields":{"id":${number}}}`;
    await textOf('POST', '/api/events/track', event);
  }
  const started = await rowsOf<{ data: string }>(
    world.db,
    sql`select trigger_data->>'id' as data from entries where journey_id = ${id}`,
  );
  expect(started.map(({ data }) => data)).toEqual([BIG, BIG]);
});

it('a template, a JSON body and an object body are rendered with each digit', async () => {
  const bodies = [
    `"{\\"a\\": ${BIG}, \\"b\\": {{id}}, \\"c\\": \\"{{id}}\\", \\"d\\": {{deep}}}"`,
    `{"a":${BIG},"b":"{{id}}"}`,
  ];
  const answers = await Promise.all(
    bodies.map((body) =>
      textOf(
        'POST',
        '/api/journeyWebhooks/preview',
        `{"webhook":{"name":"x","endpoint":"https://x.example.com/{{id}}","body":${body},"includeEmailAndWorkflowId":false},"profile":{"email":"a@example.com"},"triggerData":${DATA}}`,
      ),
    ),
  );
  const sent = answers.map(
    (text) => (JSON.parse(text) as { request: { body: string; url: string } }).request,
  );
  expect(sent[0]!.url).toBe(`https://x.example.com/${BIG}`);
  expect(sent[0]!.body).toContain(`"a":${BIG},"b":${BIG},"c":"${BIG}","d":[{"x":-${BIG}}]`);
  expect(sent[1]!.body).toContain(`"a":${BIG},"b":"${BIG}"`);
});

it.each([
  ['/api/users/update', '{"email":"a@example.com","dataFields":{"huge":{"n":1e400}}}', 'dataFields.huge.n'],
  [
    '/api/events/track',
    '{"email":"a@example.com","eventName":"e","dataFields":{"tiny":1e-400}}',
    'dataFields.tiny',
  ],
  [
    '/api/workflows/triggerWorkflow',
    '{"workflowId":1,"email":"a@example.com","dataFields":{"l":[1e999]}}',
    'dataFields.l.0',
  ],
])('%s refuses by name a number that no double holds', async (url, body, name) => {
  const answer = JSON.parse(await textOf('POST', url, body)) as { code: string; msg: string };
  expect(answer.code).toBe('BadJsonBody');
  expect(answer.msg).toContain(`a number in “${name}”`);
});

it('a number where a whole number of ours belongs is refused by its name', async () => {
  const { status, body } = await world.call(
    'POST',
    '/api/workflows/triggerWorkflow',
    `{"workflowId":${BIG},"email":"a@example.com"}`,
  );
  expect([status, Object.keys(body.params)]).toEqual([400, ['obj.workflowId']]);
});
