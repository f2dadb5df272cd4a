import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLookUp, type LookUpOptions } from '../../../src/webhook/dns/look-up';
import { type NameServer, startNameServer } from '../../support/network/name-server';
import { until } from '../../support/until';

const folder = mkdtempSync(join(tmpdir(), 'wayhook-names-'));
const files = { hosts: join(folder, 'hosts'), resolvConf: join(folder, 'resolv.conf') };

let server: NameServer;
beforeEach(async () => {
  server = await startNameServer();
  for (const file of Object.values(files)) writeFileSync(file, '');
});
afterEach(() => server.close());
afterAll(() => rmSync(folder, { recursive: true }));

function lookUpWith(options: LookUpOptions = {}) {
  return createLookUp({ files, servers: [server.address], timeoutMs: 300, ...options });
}

const V4 = (address: string) => ({ address, family: 4 });
const V6 = (address: string) => ({ address, family: 6 });
const THERE_IS_NONE = { reason: 'invalid_url', message: expect.stringContaining('does not exist') };
const failed = (code: string) => ({
  reason: 'network',
  message: `The DNS lookup of the host failed (${code}).`,
});

describe('a host is looked up', () => {
  test.each([
    ['both families', ['2001:db8::1', '192.0.2.1', '192.0.2.2']],
    ['IPv4 alone', ['192.0.2.1']],
    ['IPv6 alone', ['2001:db8::1']],
  ])('in DNS, where it has %s', async (_kind, said) => {
    server.say('api.example.com', said);
    const v4 = said.filter((address) => !address.includes(':')).map(V4);
    const v6 = said.filter((address) => address.includes(':')).map(V6);
    const found = await lookUpWith()('api.example.com');
    expect(found).toEqual([...v4, ...v6].map((address) => expect.objectContaining(address)));
  });

  test('in the hosts file first, where a change counts at once', async () => {
    writeFileSync(
      files.hosts,
      '127.0.0.2 other\n# 127.0.0.3 crm\n127.0.0.4\tCRM.local crm # ours\n::5 crm\n',
    );
    expect(await lookUpWith()('crm')).toEqual([V4('127.0.0.4'), V6('::5')]);
    writeFileSync(files.hosts, '127.0.0.6 crm\n');
    expect(await lookUpWith()('crm.')).toEqual([V4('127.0.0.6')]);
    expect(server.asked).toEqual([]);
  });

  test('without DNS if it is localhost', async () => {
    const loopback = [V4('127.0.0.1'), V6('::1')];
    rmSync(files.hosts);
    expect(await lookUpWith()('localhost')).toEqual(loopback);
    expect(await lookUpWith()('app.localhost')).toEqual(loopback);
    writeFileSync(files.hosts, '127.0.0.1 localhost\n');
    expect(await lookUpWith()('localhost')).toEqual([V4('127.0.0.1')]);
    expect(server.asked).toEqual([]);
  });

  const CLUSTER = 'search prod.svc.cluster.local cluster.local\noptions edns0 ndots:2\n';

  test.each([
    ['crm', 'crm.prod.svc.cluster.local', 1],
    ['crm.test', 'crm.test.cluster.local', 2],
    ['crm.test', 'crm.test', 3],
    ['api.crm.test', 'api.crm.test', 1],
    ['api.crm.test', 'api.crm.test.prod.svc.cluster.local', 2],
    ['crm.test.', 'crm.test', 1],
  ])('by the search list of resolv.conf: %s is %s, at request %d', async (name, known, requests) => {
    writeFileSync(files.resolvConf, CLUSTER);
    server.say(known, ['192.0.2.1']);
    expect(await lookUpWith()(name)).toMatchObject([V4('192.0.2.1')]);
    expect(server.asked.filter((asked) => asked.endsWith(' A'))).toHaveLength(requests);
    expect(server.asked.at(-1)).toContain(`${known} `);
  });

  test('by the next name of the list if a name server fails for the one before', async () => {
    writeFileSync(files.resolvConf, 'domain broken.test\n');
    server.say('crm.broken.test', 'SERVFAIL');
    server.say('crm', ['192.0.2.1']);
    expect(await lookUpWith()('crm')).toMatchObject([V4('192.0.2.1')]);
    await expect(lookUpWith()('other.broken.test')).rejects.toMatchObject(THERE_IS_NONE);
    await expect(lookUpWith()('crm.broken')).rejects.toMatchObject(THERE_IS_NONE);
  });

  test('at the second name server if the first is silent', async () => {
    const silent = await startNameServer();
    silent.say('api.example.com', 'silence');
    server.say('api.example.com', ['192.0.2.1']);
    const lookUp = lookUpWith({ servers: [silent.address, server.address], timeoutMs: 2_000 });
    expect(await lookUp('api.example.com')).toMatchObject([V4('192.0.2.1')]);
    await silent.close();
  });
});

describe('G3: a lookup fails', () => {
  test.each(['nobody.example.com', `${'a'.repeat(64)}.example.com`])(
    'as a wrong URL if the host does not exist: %s',
    async (name) => {
      await expect(lookUpWith()(name)).rejects.toMatchObject(THERE_IS_NONE);
    },
  );

  test('as a wrong URL if the host has no address', async () => {
    server.say('api.example.com', []);
    await expect(lookUpWith()('api.example.com')).rejects.toMatchObject(THERE_IS_NONE);
  });

  test('as a failure that may pass if the name server says so, is silent or not there', async () => {
    server.say('broken.example.com', 'SERVFAIL');
    await expect(lookUpWith()('broken.example.com')).rejects.toMatchObject(failed('ESERVFAIL'));
    server.say('silent.example.com', 'silence');
    await expect(lookUpWith()('silent.example.com')).rejects.toMatchObject(failed('ETIMEOUT'));
    const gone = lookUpWith({ servers: ['127.0.0.1:1'] });
    await expect(gone('api.example.com')).rejects.toMatchObject(failed('ECONNREFUSED'));
  });

  test('within its time, however long the search list is', async () => {
    const domains = Array.from({ length: 20 }, (_, n) => `d${n}.test`);
    writeFileSync(files.resolvConf, `search ${domains.join(' ')}\n`);
    for (const domain of domains) server.say(`crm.${domain}`, 'silence');
    const started = performance.now();
    await expect(lookUpWith({ timeoutMs: 200 })('crm')).rejects.toMatchObject(failed('ETIMEOUT'));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('and is not remembered', async () => {
    const lookUp = lookUpWith();
    await expect(lookUp('new.example.com')).rejects.toMatchObject(THERE_IS_NONE);
    server.say('new.example.com', ['192.0.2.1']);
    expect(await lookUp('new.example.com')).toMatchObject([V4('192.0.2.1')]);
  });
});

describe('few questions', () => {
  test('one for all who wait for a host, and none while it is cached', async () => {
    server.say('api.example.com', ['192.0.2.1']);
    const lookUp = lookUpWith();
    const found = await Promise.all(Array.from({ length: 50 }, () => lookUp('api.example.com')));
    expect(new Set(found).size).toBe(1);
    await lookUp('api.example.com');
    expect(server.asked.toSorted()).toEqual(['api.example.com A', 'api.example.com AAAA']);
  });

  test('a new one when the answer has expired', async () => {
    const brief = await startNameServer({ ttl: 1 });
    brief.say('api.example.com', ['192.0.2.1']);
    const lookUp = lookUpWith({ servers: [brief.address] });
    expect(await lookUp('api.example.com')).toMatchObject([V4('192.0.2.1')]);
    brief.say('api.example.com', ['192.0.2.2']);
    await until(async () => (await lookUp('api.example.com'))[0]!.address === '192.0.2.2');
    await brief.close();
  });

  test('more hosts at once than are cached all get their answers', async () => {
    const names = Array.from({ length: 1_100 }, (_, n) => `h${n}.test`);
    writeFileSync(files.hosts, names.map((name, n) => `10.0.${n >> 8}.${n & 255} ${name}`).join('\n'));
    const found = await Promise.all(names.map(lookUpWith()));
    expect(new Set(found.map(([first]) => first!.address)).size).toBe(names.length);
  });
});

test('silent name servers delay nobody else: a lookup ends while 60 others wait', async () => {
  const silent = Array.from({ length: 60 }, (_, n) => `s${n}.example.com`);
  for (const name of silent) server.say(name, 'silence');
  server.say('good.example.com', ['192.0.2.1']);
  const lookUp = lookUpWith({ timeoutMs: 2_000 });
  let waiting = silent.length;
  const others = silent.map((name) => lookUp(name).finally(() => (waiting -= 1)));
  const ended = Promise.allSettled(others);
  await until(async () => silent.every((name) => server.asked.includes(`${name} A`)));
  expect(await lookUp('good.example.com')).toMatchObject([V4('192.0.2.1')]);
  expect(waiting).toBe(silent.length);
  expect((await ended).map(({ status }) => status)).toEqual(Array(silent.length).fill('rejected'));
});
