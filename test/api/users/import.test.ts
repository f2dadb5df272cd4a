import { sql } from 'drizzle-orm';
import { rowsOf } from '../../../src/db/connection/client';
import { entries, importChunks, imports, outbox } from '../../../src/db/schema';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { CSV, ended, imported, lines, NDJSON, profileOf, turnsOf } from '../../support/importing';

let world: ApiWorld;
beforeAll(async () => void (world = await createApiWorld()));
afterAll(() => world.close());

const members = async (listId: number): Promise<string[]> =>
  (await world.call('GET', `/api/lists/getUsers?listId=${listId}`)).body.split('\n').filter(Boolean);
const newList = async (): Promise<number> =>
  (await world.call('POST', '/api/lists', { name: 'Readers' })).body.listId;
const fieldType = async (name: string): Promise<string> =>
  (await world.call('GET', '/api/users/getFields')).body.fields[name];
const stored = async () => [
  ...(await world.db.select().from(imports)),
  ...(await world.db.select().from(importChunks)),
];
const refused = (body: { refused: { id: string; reason: string }[] }) => body.refused.map(({ id }) => id);

describe('an import of CSV', () => {
  it('has a job that says which list and which file, also once it has ended', async () => {
    const listId = await newList();
    const type = { ...CSV, 'content-disposition': "attachment; filename*=UTF-8''f%C3%BCr%20Ada.csv" };
    const job = await imported(world, 'email\nada@example.com', { url: `/api/lists/${listId}/import`, type });
    expect(job).toMatchObject({ listId, listName: 'Readers', fileName: 'für Ada.csv', state: 'completed' });
    await world.call('DELETE', `/api/lists/${listId}`);
    const { body } = await world.call('GET', `/api/jobs/${job.id}`);
    expect(body).toMatchObject({ listId, fileName: 'für Ada.csv' });
    expect(body).not.toHaveProperty('listName');
  });

  it('creates and updates users, each row like an update of one user', async () => {
    await world.call('POST', '/api/users/update', {
      email: 'Old@Example.com',
      dataFields: { plan: 'free', seats: 2 },
    });
    const job = await imported(
      world,
      'email,userId,plan,seats,vip\r\nold@example.com,,pro,,true\r\nnew@example.com,new-1,"pro, yearly",3,FALSE\r\n',
    );
    expect(job).toMatchObject({ kind: 'import', state: 'completed', total: 2, done: 2, refusedCount: 0 });
    expect(await profileOf(world, 'old@example.com')).toEqual({ plan: 'pro', seats: 2, vip: true });
    expect(await profileOf(world, 'new-1')).toEqual({ plan: 'pro, yearly', seats: 3, vip: false });
    expect(await stored()).toEqual([]);
  });

  it('reads a byte order mark, line breaks and quotes in quotes, a last line without an end, and no empty lines', async () => {
    const job = await imported(
      world,
      '\ufeff"email",note\n\nbom@example.com,"one\r\ntwo ""three"""\r\n\r\nlast@example.com,née',
    );
    expect(job).toMatchObject({ total: 2, done: 2, refusedCount: 0 });
    expect(await profileOf(world, 'bom@example.com')).toEqual({ note: 'one\r\ntwo "three"' });
    expect(await profileOf(world, 'last@example.com')).toEqual({ note: 'née' });
  });

  it('ends rows at CR alone and at CR CR LF, and trims the names of columns', async () => {
    const file = (end: string) =>
      ['email, tier', `cr-${end.length}@example.com,"a\r\nb"`, 'z@example.com,c', ''].join(end);
    for (const end of ['\r', '\r\r\n']) {
      expect(await imported(world, file(end))).toMatchObject({ total: 2, done: 2, refusedCount: 0 });
      expect(await profileOf(world, `cr-${end.length}@example.com`)).toEqual({ tier: 'a\r\nb' });
    }
    expect(await fieldType('tier')).toBe('string');
  });

  it('widens a long by the first fraction, unless the header says long', async () => {
    await world.call('POST', '/api/users/update', { userId: 'whole', dataFields: { points: 1, whole: 1 } });
    const job = await imported(world, 'userId,points,whole:long\nw1,2,2\nw2,2.5,3\nw3,3,1.5\n');
    expect(job).toMatchObject({ done: 3, refused: [{ id: '4' }] });
    expect([await fieldType('points'), await fieldType('whole')]).toEqual(['double', 'long']);
    const declared = await imported(world, 'userId,whole:double\nw1,2\n');
    expect([declared.refusedCount, await fieldType('whole')]).toEqual([0, 'double']);
    const parts = [
      '{"fields":{"parts":"long"}}',
      '{"userId":"w1","dataFields":{"parts":1}}',
      '{"userId":"w2","dataFields":{"parts":0.5}}',
    ];
    await imported(world, parts.join('\n'), { type: NDJSON });
    expect(await fieldType('parts')).toBe('double');
  });

  it('keeps what is no number character for character', async () => {
    const codes = ['12E3', '1.10', '007', '+5', '1_000', '0x10', ' 5', '-0', '1e21', '9007199254740993'];
    await imported(
      world,
      `email,${codes.map((_, n) => `code${n}`).join()}\ncodes@example.com,${codes.join()}\n`,
    );
    expect(Object.values((await profileOf(world, 'codes@example.com'))!)).toEqual(codes);
  });

  it('infers the type of a new field: text if quoted or with leading zeros, else double for a number', async () => {
    const job = await imported(
      world,
      'email,n1,zip,code,mixed,flag,on,born,empty\n' +
        't1@example.com,5,01234,"5",1,true,TRUE,2024-01-31,\n' +
        't2@example.com,5.5,99999,"6",x,false,true,2024-02-01T10:00:00Z,\n',
    );
    expect(job.refused).toEqual([]);
    const types = ['n1', 'zip', 'code', 'mixed', 'flag', 'on', 'born', 'empty'].map(fieldType);
    const wanted = ['double', 'string', 'string', 'string', 'boolean', 'boolean', 'date', undefined];
    expect(await Promise.all(types)).toEqual(wanted);
    expect(await profileOf(world, 't1@example.com')).toEqual({
      ...{ n1: 5, zip: '01234', code: '5', mixed: '1', flag: true, on: true, born: '2024-01-31' },
    });
  });

  it('reads cells by the types of existing fields, or by the header', async () => {
    await world.call('POST', '/api/users/update', { email: 'typed@example.com', dataFields: { room: '1' } });
    const job = await imported(
      world,
      'email,room,level:long,address:object,tags:array\n' +
        'typed@example.com,0123,7,"{""city"":""Ulm""}","[1,""two""]"\n' +
        'typed2@example.com,5,7.5,,\ntyped3@example.com,5,,{},\ntyped4@example.com,5,,[],\n',
    );
    expect(await profileOf(world, 'typed@example.com')).toEqual({
      ...{ room: '0123', level: 7, address: { city: 'Ulm' }, tags: [1, 'two'] },
    });
    expect(job.refused).toEqual([
      { id: '3', reason: '“level” is of type long, but this cell is not a whole number.' },
      { id: '5', reason: '“address” is of type object, but this cell is not a JSON object.' },
    ]);
  });

  it('takes a dotted name literally, and “email:string” as a field', async () => {
    await imported(world, 'email,address.city,email:string\ndotted@example.com,Ulm,other\n');
    expect(await profileOf(world, 'dotted@example.com')).toEqual({ 'address.city': 'Ulm', email: 'other' });
  });

  it('leaves a field unchanged for an empty cell, and empties a text for a quoted empty cell', async () => {
    await world.call('POST', '/api/users/update', {
      email: 'gap@example.com',
      dataFields: { one: 'a', two: 'b' },
    });
    await imported(world, 'email,one,two\ngap@example.com,,""\n');
    expect(await profileOf(world, 'gap@example.com')).toEqual({ one: 'a', two: '' });
  });

  it('refuses a bad row by its line, without quoting a value, and goes on with the rest', async () => {
    await world.call('POST', '/api/users/update', { email: 'a1@example.com', userId: 'a1' });
    await world.call('POST', '/api/users/update', { email: 'a2@example.com', userId: 'a2' });
    const rows: [string | Buffer, RegExp | undefined][] = [
      ['good1@example.com,,5', undefined],
      ['needle,,5', /not an email address/],
      ['good2@example.com,,five-needle', /“count” is of type/],
      [',,5', /names no user/],
      ['good3@example.com,,5,needle', /4 cells and the header 3/],
      ['good4@example.com', /1 cells and the header 3/],
      ['good5@example.com,"needle"x,5', /quotes/],
      ['good6@example.com,nee"dle,5', /quotes/],
      ['a1@example.com,a2,5', /two users/],
      ['a1@example.com,other,5', /another userId/],
      [`x@example.com,${'y'.repeat(53)},5`, /not a userId/],
      [Buffer.from([0x61, 0xff, 0x62]), /not UTF-8/],
      ['nul\0needle@example.com,,5', /NUL/],
      ['"multi\nline@example.com",,5', /not an email address/],
      ['good7@example.com,,6', undefined],
    ];
    await world.call('POST', '/api/users/update', { email: 'c@example.com', dataFields: { count: 1 } });
    const file = Buffer.concat(rows.flatMap(([row]) => [Buffer.from(row as string), Buffer.from('\n')]));
    const job = await imported(world, Buffer.concat([Buffer.from('email,userId,count\n'), file]));
    expect(job).toMatchObject({ state: 'completed', done: rows.length, total: rows.length });
    const bad = rows.flatMap(([, reason], index) => (reason === undefined ? [] : [{ index, reason }]));
    expect(job.refused).toHaveLength(bad.length);
    for (const [at, { index, reason }] of bad.entries()) {
      // The header is a line, and one row has a line break in it.
      expect(job.refused[at]).toEqual({ id: String(index + 2), reason: expect.stringMatching(reason) });
    }
    expect(JSON.stringify(job)).not.toContain('needle');
    expect(await profileOf(world, 'good7@example.com')).toEqual({ count: 6 });
    expect(await profileOf(world, 'good2@example.com')).toBeUndefined();
  });

  it('refuses a row with an unclosed quote, and says that the rest of the file is part of it', async () => {
    const job = await imported(
      world,
      'email,note\nq1@example.com,a\nq2@example.com,"open\nq3@example.com,b\n',
    );
    expect(job.refused).toEqual([{ id: '3', reason: expect.stringContaining('never closed') }]);
    expect(await profileOf(world, 'q1@example.com')).toEqual({ note: 'a' });
  });

  it('skips an overlong row and goes on after it', async () => {
    const long = `long@example.com,${'x'.repeat(9_000_000)}`;
    const quoted = `long@example.com,"${'\n'.repeat(1_100_000)}"`;
    const job = await imported(world, `email,note\n${long}\n${quoted}\nafter@example.com,ok\n`);
    expect(job.refused).toEqual([
      { id: '2', reason: expect.stringContaining('longer than 1 MiB') },
      { id: '3', reason: expect.stringContaining('longer than 1 MiB') },
    ]);
    expect(job).toMatchObject({ total: 3, done: 3 });
    expect(await profileOf(world, 'after@example.com')).toEqual({ note: 'ok' });
  });

  const manyColumns = Array.from({ length: 1_002 }, (_, n) => `f${n}`).join();
  const headers: [string, string | Buffer, RegExp][] = [
    ['no line', '', /empty/],
    ['empty lines alone', '\n\n', /empty/],
    ['no name of the user', 'name,age\nx,1\n', /No column is called email or userId/],
    ['semicolons', 'email;name\na@example.com;x\n', /commas/],
    ['a column without a name', 'email,,age\n', /Column 2 has no name/],
    ['two columns of a name', 'email,plan,plan\n', /Columns 2 and 3 are both called “plan”/],
    ['the same with a type', 'email,plan,plan:string\n', /Columns 2 and 3 are both called “plan”/],
    ['a trap', 'email,__proto__\n', /__proto__/],
    ['an open quote', 'email,"open\n', /never closed/],
    ['a long name', `email,${'x'.repeat(257)}\n`, /over 256/],
    ['many columns', `email,${manyColumns}\n`, /more than 1000 columns/],
    ['UTF-16', Buffer.from('\ufeffemail,a\n', 'utf16le'), /UTF-8/],
    ['a NUL', 'email,pl\0an\n', /NUL/],
    ['a type that the field has not', 'email,plan:long\na@example.com,1\n', /type string .* says long/],
  ];
  it.each(headers)('is refused for a header that cannot be used: %s', async (_what, file, reason) => {
    await world.call('POST', '/api/users/update', { email: 'p@example.com', dataFields: { plan: 'x' } });
    const answer = await world.call('POST', '/api/users/import', file, CSV);
    expect(answer).toMatchObject({ status: 400, body: { code: 'BadParams' } });
    expect(answer.body.msg).toMatch(reason);
    expect(await stored()).toEqual([]);
  });
});

describe('an import of NDJSON', () => {
  it('reads one user per line, as a subscription does, and merges nested objects when asked', async () => {
    await world.call('POST', '/api/users/update', {
      email: 'nd@example.com',
      dataFields: { home: { city: 'Ulm' } },
    });
    const file = lines(
      { email: 'nd@example.com', dataFields: { home: { zip: '1' } } },
      { userId: 'nd-2', email: null, dataFields: { deep: [{ a: null }] } },
      { email: 'nd-3@example.com' },
    );
    const url = '/api/users/import?mergeNestedObjects=true';
    expect(await imported(world, file, { url, type: NDJSON })).toMatchObject({ total: 3, refusedCount: 0 });
    expect(await profileOf(world, 'nd@example.com')).toEqual({ home: { city: 'Ulm', zip: '1' } });
    expect(await profileOf(world, 'nd-2')).toEqual({ deep: [{ a: null }] });
    expect(await profileOf(world, 'nd-3@example.com')).toEqual({});
  });

  it('refuses a bad line by its number and goes on with the rest', async () => {
    const bad: [string, RegExp][] = [
      ['{"email":"needle', /not a JSON object/],
      ['["needle@example.com"]', /not a JSON object/],
      ['{"email":"x@example.com","name":"needle"}', /“name” is unknown/],
      ['{"email":5}', /must be strings/],
      ['{"dataFields":{}}', /names no user/],
      ['{"email":"x@example.com","dataFields":[]}', /dataFields must be an object/],
      ['{"email":"x@example.com","dataFields":{"__proto__":{"needle":1}}}', /__proto__/],
      ['{"email":"x@example.com","dataFields":{"a":"\\u0000"}}', /NUL/],
      [
        `{"email":"x@example.com","dataFields":{"a":${'['.repeat(400_000)}${']'.repeat(400_000)}}}`,
        /32 levels/,
      ],
      ['{"email":"x@example.com","dataFields":{"":1}}', /1 to 256/],
      ['{"email":"x@example.com","mergeNestedObjects":"yes"}', /true or false/],
    ];
    const file = `${bad.map(([line]) => line).join('\n')}\n{"email":"fine@example.com"}\n`;
    const job = await imported(world, file, { type: NDJSON });
    expect(job.refused).toEqual(
      bad.map(([, reason], index) => ({ id: String(index + 1), reason: expect.stringMatching(reason) })),
    );
    expect(JSON.stringify(job)).not.toContain('needle');
    expect(await profileOf(world, 'fine@example.com')).toEqual({});
    expect(await profileOf(world, 'x@example.com')).toBeUndefined();
  });

  it('accepts half a surrogate pair in a value or a name', async () => {
    const file =
      '{"email":"half@example.com","dataFields":{"half":"\\ud800"}}\n{"email":"h2@example.com","dataFields":{"\\ud800":1}}\n{"email":"h3@example.com","dataFields":{"\\ud800":"x"}}\n';
    expect(await imported(world, file, { type: NDJSON })).toMatchObject({ state: 'completed', done: 3 });
  });

  it('is refused for an empty file, and for unknown types', async () => {
    const empty = await world.call('POST', '/api/users/import', '\n', NDJSON);
    expect(empty).toMatchObject({ status: 400, body: { msg: expect.stringContaining('empty') } });
    const types = await world.call('POST', '/api/users/import', lines({ fields: { a: 'money' } }), NDJSON);
    expect(types).toMatchObject({
      status: 400,
      body: { msg: expect.stringContaining('The type of “a” is not one of') },
    });
  });
});

describe('an import', () => {
  it('puts users on a list, and refuses unknown ones when asked for known ones only', async () => {
    const listId = await newList();
    await world.call('POST', '/api/users/update', { email: 'known@example.com' });
    const file = 'email,fresh\nknown@example.com,1\nunknown@example.com,2\n';
    const url = `/api/lists/${listId}/import?updateExistingUsersOnly=true`;
    expect(await imported(world, file, { url })).toMatchObject({
      refused: [{ id: '3', reason: expect.stringContaining('no such user') }],
    });
    expect(await members(listId)).toEqual(['known@example.com']);
    await imported(world, file, { url: `/api/lists/${listId}/import` });
    expect(await members(listId)).toEqual(['known@example.com', 'unknown@example.com']);
  });

  it('applies rows of one user in order, whichever identifier each has', async () => {
    await world.call('POST', '/api/users/update', { email: 'twice@example.com', userId: 'twice' });
    await imported(
      world,
      'email,userId,step\nTWICE@example.com,,1\n,twice,2\nfresh@example.com,,1\nFresh@example.com,fresh,2\n,fresh,3\nÜ@example.com,,1\nü@example.com,,2\n',
    );
    expect(await profileOf(world, 'twice')).toEqual({ step: 2 });
    expect(await profileOf(world, 'fresh')).toEqual({ step: 3 });
    const accented = sql`select count(*)::int as count from users where email in ('Ü@example.com', 'ü@example.com')`;
    // Only A to Z have a case.
    expect(await rowsOf(world.db, accented)).toEqual([{ count: 2 }]);
  });

  it('enters journeys for new users, a field and the list, and publishes to event webhooks (B087, B153)', async () => {
    const listId = await newList();
    const sources = [
      { source: 'newUser' },
      { source: 'profileUpdate', field: 'watched' },
      { source: 'listSubscribe', listId },
    ];
    const ids: number[] = [];
    for (const entry of sources) {
      const { body } = await world.call('POST', '/api/journeys', { name: 'Waits', tiles: [], entry });
      await world.call('POST', `/api/journeys/${body.id}/publish`);
      ids.push(body.id as number);
    }
    await world.call('POST', '/api/users/update', { email: 'was@example.com' });
    await world.db.delete(outbox);
    await world.db.delete(entries);
    const eventWebhook = {
      name: 'Told',
      targetUrl: 'https://example.com/hook',
      eventTypes: ['participant.created'],
    };
    const hook = await world.call('POST', '/api/eventWebhooks', eventWebhook);
    const many = Array.from({ length: 60 }, (_, n) => `not an email,${n}\n`).join('');
    const file = `email,watched\nwas@example.com,1\n${many}begun@example.com,2\nnot an email,3\n`;
    const job = await imported(world, file, { url: `/api/lists/${listId}/import` });
    expect(job).toMatchObject({ state: 'completed', total: 63, done: 63, refusedCount: 61 });
    const entered: { journeyId: number }[] = (await world.call('GET', '/api/entries')).body.entries;
    const perJourney = ids.map((id) => entered.filter(({ journeyId }) => journeyId === id).length);
    expect(perJourney).toEqual([1, 1, 2]);
    const waiting = await world.db.select().from(outbox);
    expect(waiting.filter(({ kind }) => kind === 'entry')).toHaveLength(4);
    expect(waiting.filter(({ kind }) => kind === 'event')).toHaveLength(1);
    await world.call('DELETE', `/api/eventWebhooks/${hook.body.id}`);
    for (const id of ids) await world.call('POST', `/api/journeys/${id}/unpublish`);
  });

  it('fails with a reason when its list is deleted meanwhile, and deletes the file', async () => {
    const listId = await newList();
    const { body } = await world.call(
      'POST',
      `/api/lists/${listId}/import`,
      'email\ngone@example.com\n',
      CSV,
    );
    await world.call('DELETE', `/api/lists/${listId}`);
    await turnsOf(world)();
    expect((await world.call('GET', `/api/jobs/${body.jobId}`)).body).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(`List ${listId} was deleted`),
    });
    expect(await profileOf(world, 'gone@example.com')).toBeUndefined();
    expect(await stored()).toEqual([]);
  });

  it('continues after a crash, even inside a page, losing and repeating no user', async () => {
    const listId = await newList();
    const names = Array.from({ length: 1_800 }, (_, n) => `crash-${n}`);
    // One row in ten is bad; a quoted line break moves lines and rows apart.
    const rows = names.map((name, n) => (n % 10 === 9 ? `${name} ,"a\nb"` : `${name},"a\nb"`));
    const file = `userId,note\n${rows.join('\n')}\n`;
    const { body } = await world.call('POST', `/api/lists/${listId}/import`, file, CSV);
    expect(await turnsOf(world)()).toBe(0);
    await expect(
      world.db.transaction(async (tx) => {
        await turnsOf({ ...world, db: tx })();
        throw new Error('The process dies.');
      }),
    ).rejects.toThrow('dies');
    const job = await ended(world, body.jobId);
    expect(job).toMatchObject({ state: 'completed', total: 1_800, done: 1_800, refusedCount: 180 });
    expect(refused(job).slice(0, 2)).toEqual(['20', '40']);
    const known = await members(listId);
    expect(known.sort()).toEqual(names.filter((_, n) => n % 10 !== 9).sort());
    expect(await stored()).toEqual([]);
  });

  it('creates each user once when two files bring the same new users at once', async () => {
    const names = Array.from({ length: 700 }, (_, n) => `both-${n}`);
    const post = (field: string, users: string[]) =>
      world.call('POST', '/api/users/import', `userId,${field}\n${users.join(',x\n')},x\n`, CSV);
    const accepted = [await post('first', names), await post('second', names.toReversed())];
    const jobs = await Promise.all(accepted.map(({ body }) => ended(world, body.jobId)));
    for (const job of jobs) expect(job).toMatchObject({ state: 'completed', done: 700, refusedCount: 0 });
    const [{ made }] = (await rowsOf(
      world.db,
      sql`
      select count(*)::int as made from users
      where user_id like 'both-%' and data_fields::text like '%first%' and data_fields::text like '%second%'`,
    )) as [{ made: number }];
    expect(made).toBe(700);
  });

  it('stores the first 100,000 refusals, and counts all', async () => {
    const { body } = await world.call('POST', '/api/users/import', 'email\nx\ny\nz\n', CSV);
    await world.db.execute(sql`update jobs set refused_count = 99999 where id = ${body.jobId}`);
    await turnsOf(world)();
    const job = (await world.call('GET', `/api/jobs/${body.jobId}`)).body;
    expect(job).toMatchObject({ state: 'completed', done: 3, refusedCount: 100_002 });
    expect(refused(job)).toEqual(['2']);
  });

  it('requires an existing list, a known file type and valid fields', async () => {
    const post = (url: string, body: unknown, headers: Record<string, string>) =>
      world.call('POST', url, body, headers);
    expect(await post('/api/lists/4711/import', 'email\n', CSV)).toMatchObject({ status: 404 });
    const unsupported = { status: 415, body: { msg: expect.stringContaining('text/csv') } };
    expect(await post('/api/users/import', '{}', { 'content-type': 'application/json' })).toMatchObject(
      unsupported,
    );
    expect(await post('/api/users/import', undefined, {})).toMatchObject(unsupported);
    expect(
      await post('/api/users/import', 'email\n', { 'content-type': 'text/csv; charset=latin1' }),
    ).toMatchObject(unsupported);
    expect(await post('/api/users/import', 'email\n', { ...CSV, 'content-encoding': 'gzip' })).toMatchObject(
      unsupported,
    );
    const field = await post('/api/users/import?updateOnly=true', 'email\n', CSV);
    expect(field).toMatchObject({
      status: 400,
      body: { code: 'BadParams', params: { updateOnly: 'There is no such field.' } },
    });
    expect(
      await post('/api/users/import', 'email\n', { ...CSV, 'api-key': await world.keyWith('read') }),
    ).toMatchObject({ status: 403 });
    expect(await stored()).toEqual([]);
  });
});
