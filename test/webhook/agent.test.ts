import { networkInterfaces } from 'node:os';
import { createAgent, type AgentOptions } from '../../src/webhook/agent';
import { type AddressPolicy, isOwnAddress } from '../../src/webhook/address';
import { type Answer, send } from '../../src/webhook/send';
import { createLookUp } from '../../src/webhook/dns/look-up';
import { type Certificate, makeCertificate } from '../support/network/certificate';
import { type NameServer, startNameServer } from '../support/network/name-server';
import { rawOpen, type Receiver, type Reply, startReceiver } from '../support/receiver';

const LOOPBACK: AddressPolicy = { allowedNetworks: ['127.0.0.0/8'], allowHttp: true };

async function call(
  url: string,
  policy: Partial<AddressPolicy> = {},
  options: Partial<AgentOptions> = {},
): Promise<Answer> {
  const agent = createAgent({ ...LOOPBACK, ...policy }, { connections: 1, ...options });
  const request = { method: 'GET', url, headers: {} };
  const answer = await send(agent, request, { timeoutMs: 60_000, maxBytes: 100 });
  await agent.destroy();
  return answer;
}

describe('G7: an endpoint that is not public', () => {
  let receiver: Receiver;
  beforeAll(async () => (receiver = await startReceiver()));
  afterAll(() => receiver.close());

  test('is refused by its address before anything is sent', async () => {
    expect(await call(receiver.url, { allowedNetworks: [] })).toMatchObject({
      kind: 'failure',
      reason: 'blocked_address',
    });
    expect(receiver.connectionCount).toBe(0);
  });

  test('is refused by the address of its name', async () => {
    const url = `http://localhost:${receiver.port}/`;
    expect(await call(url, { allowedNetworks: ['10.0.0.0/8'] })).toMatchObject({
      kind: 'failure',
      reason: 'blocked_address',
    });
    expect(receiver.connectionCount).toBe(0);
  });

  test('is called if its network is allowed, by address, by name and by a mapped address', async () => {
    const { port } = receiver;
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '2130706433']) {
      expect(await call(`http://${host}:${port}/`)).toMatchObject({ kind: 'response', status: 200 });
    }
  });

  test('is not called over plain http unless that is allowed', async () => {
    const before = receiver.connectionCount;
    const answer = await call(receiver.url, { allowHttp: false });
    expect(answer).toMatchObject({
      kind: 'failure',
      reason: 'invalid_url',
      detail: expect.stringContaining('Plain http is not allowed'),
    });
    expect(receiver.connectionCount).toBe(before);
  });
});

describe('G7: the address that DNS gives', () => {
  let receiver: Receiver;
  let names: NameServer;
  beforeAll(async () => {
    receiver = await startReceiver();
    names = await startNameServer();
  });
  afterAll(() => Promise.all([receiver.close(), names.close()]));

  const callByName = (policy?: Partial<AddressPolicy>) => {
    const lookUp = createLookUp({ servers: [names.address], timeoutMs: 300 });
    return call(`http://api.example.com:${receiver.port}/`, policy, { lookUp });
  };

  test('is refused if it is not public, in IPv4, IPv6 and mapped', async () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1']) {
      names.say('api.example.com', [address]);
      expect(await callByName({ allowedNetworks: [] })).toMatchObject({ reason: 'blocked_address' });
    }
    expect(receiver.connectionCount).toBe(0);
  });

  test('is called if it is allowed, whatever other addresses the host has', async () => {
    names.say('api.example.com', ['10.0.0.1', '127.0.0.1', '::1']);
    expect(await callByName()).toMatchObject({ kind: 'response', status: 200 });
    expect(receiver.requests).toHaveLength(1);
  });

  test('is the one that was checked, when DNS gives another right after', async () => {
    const lookUp = createLookUp({ servers: [names.address] });
    const agent = createAgent(LOOPBACK, {
      connections: 1,
      lookUp: async (name) => {
        const found = await lookUp(name);
        names.say('api.example.com', ['10.0.0.1']);
        return found;
      },
    });
    names.say('api.example.com', ['127.0.0.1']);
    const before = names.asked.length;
    const request = { method: 'GET', url: `http://api.example.com:${receiver.port}/`, headers: {} };
    const answer = await send(agent, request, { timeoutMs: 60_000, maxBytes: 100 });
    expect(answer).toMatchObject({ kind: 'response', status: 200 });
    expect(names.asked.slice(before).toSorted()).toEqual(['api.example.com A', 'api.example.com AAAA']);
    await agent.destroy();
  });

  test('can be the second that is tried', async () => {
    names.say('api.example.com', ['127.0.0.2', '127.0.0.1']);
    expect(await callByName()).toMatchObject({ kind: 'response', status: 200 });
  });

  test('does not come: the call fails as one that may be repeated, long before its deadline', async () => {
    names.say('api.example.com', 'silence');
    expect(await callByName()).toMatchObject({ reason: 'network', detail: expect.stringContaining('DNS') });
  });

  test('is cut off with the call: a lookup that takes longer is not waited for', async () => {
    const agent = createAgent(LOOPBACK, { connections: 1, lookUp: () => new Promise(() => {}) });
    const request = { method: 'GET', url: 'http://api.example.com/', headers: {} };
    expect(await send(agent, request, { timeoutMs: 100, maxBytes: 100 })).toMatchObject({
      reason: 'timeout',
    });
    await agent.destroy();
  });
});

describe('a port of our own services', () => {
  let receiver: Receiver;
  beforeAll(async () => (receiver = await startReceiver()));
  afterAll(() => receiver.close());

  /** The widest policy there is. */
  const everywhere = { allowedNetworks: ['0.0.0.0/0', '::/0'], allowHttp: true };
  const onNetwork = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

  test.each([
    ...['127.0.0.1', '127.0.0.2', '127.1', '2130706433', '0x7f000001', '0.0.0.0', '0', 'localhost'],
    ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:0:0:1]'],
    ...(onNetwork === undefined ? [] : [onNetwork, `[::ffff:${onNetwork}]`]),
  ])('is not called at %s, whatever networks are allowed', async (host) => {
    const url = `http://${host}:${receiver.port}/`;
    expect(await call(url, { ...everywhere, ownPorts: [receiver.port] })).toMatchObject({
      kind: 'failure',
      reason: 'blocked_address',
      detail: expect.stringContaining('a port of Wayhook itself'),
    });
    expect(receiver.connectionCount).toBe(0);
  });

  test('is not called by a name of any address of this machine', async () => {
    const names = await startNameServer();
    for (const address of ['127.0.0.1', '127.0.0.2', '::1', '::ffff:127.0.0.1', '0.0.0.0']) {
      names.say('api.example.com', [address]);
      const lookUp = createLookUp({ servers: [names.address] });
      const policy = { ...everywhere, ownPorts: [receiver.port] };
      const answer = await call(`http://api.example.com:${receiver.port}/`, policy, { lookUp });
      expect([address, answer]).toMatchObject([address, { reason: 'blocked_address' }]);
    }
    expect(receiver.connectionCount).toBe(0);
    await names.close();
  });

  test.each([
    ['http', 80],
    ['https', 443],
  ])('is not called at the port that %s leaves out', async (protocol, port) => {
    expect(await call(`${protocol}://127.0.0.1/`, { ...everywhere, ownPorts: [port] })).toMatchObject({
      reason: 'blocked_address',
    });
  });

  test('leaves other ports and other machines alone', async () => {
    expect(await call(receiver.url, { ownPorts: [receiver.port + 1] })).toMatchObject({ status: 200 });
    expect(isOwnAddress('8.8.8.8')).toBe(false);
    expect(isOwnAddress('10.255.255.254')).toBe(false);
  });
});

describe('B027: TLS', () => {
  const DAY_MS = 86_400_000;
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS);

  async function callTls(certificate: Certificate, trusted: boolean, host = '127.0.0.1', reply: Reply = 200) {
    const receiver = await startReceiver(reply, certificate);
    const trustedCertificates = trusted ? [certificate.cert] : [];
    const url = `https://${host}:${receiver.port}/`;
    const answer = await call(url, { allowHttp: false }, { trustedCertificates });
    const { requests } = receiver;
    await receiver.close();
    return { answer, requests };
  }

  test.each([
    ['an address', '127.0.0.1'],
    ['a name', 'localhost'],
  ])('a trusted certificate for %s is good', async (_kind, host) => {
    const { answer } = await callTls(makeCertificate(host), true, host);
    expect(answer).toMatchObject({ kind: 'response', status: 200 });
  });

  test('an answer over TLS counts with interim answers before it and a length that its 204 cannot have', async () => {
    const head = 'HTTP/1.1 204 No Content\r\nx-a: b\r\n c\r\ncontent-length: 3\r\n\r\n';
    const reply = rawOpen(`HTTP/1.1 100 Continue\r\n\r\n${head}`);
    const { answer } = await callTls(makeCertificate('127.0.0.1'), true, '127.0.0.1', reply);
    expect(answer).toMatchObject({ kind: 'response', status: 204, headers: { 'x-a': 'b c' } });
  });

  test.each<[string, Certificate, boolean, string, string]>([
    ['self-signed', makeCertificate('127.0.0.1'), false, '127.0.0.1', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [
      'expired',
      makeCertificate('127.0.0.1', { from: day(-2), until: day(-1) }),
      true,
      '127.0.0.1',
      'CERT_HAS_EXPIRED',
    ],
    [
      'not valid yet',
      makeCertificate('127.0.0.1', { from: day(1), until: day(2) }),
      true,
      '127.0.0.1',
      'CERT_NOT_YET_VALID',
    ],
    ['for another host', makeCertificate('example.com'), true, 'localhost', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['for another address', makeCertificate('127.0.0.2'), true, '127.0.0.1', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])(
    'an endpoint whose certificate is %s gets no request',
    async (_kind, certificate, trusted, host, code) => {
      const { answer, requests } = await callTls(certificate, trusted, host);
      expect(answer).toMatchObject({ kind: 'failure', reason: 'tls', detail: expect.stringContaining(code) });
      expect(requests).toHaveLength(0);
    },
  );

  test('a port that speaks plain http is a TLS error', async () => {
    const receiver = await startReceiver();
    expect(await call(`https://127.0.0.1:${receiver.port}/`)).toMatchObject({
      kind: 'failure',
      reason: 'tls',
    });
    await receiver.close();
  });
});
