import { createAgent, type AgentOptions } from '../../src/webhook/agent';
import type { AddressPolicy } from '../../src/webhook/address';
import { type Answer, send } from '../../src/webhook/send';
import { type Certificate, makeCertificate } from '../support/certificate';
import { type Receiver, startReceiver } from '../support/receiver';

const LOOPBACK: AddressPolicy = { allowedNetworks: ['127.0.0.0/8'], allowHttp: true };

async function call(
  url: string,
  policy: Partial<AddressPolicy> = {},
  options: Partial<AgentOptions> = {},
): Promise<Answer> {
  const agent = createAgent({ ...LOOPBACK, ...policy }, { connections: 1, ...options });
  const request = { method: 'GET', url, headers: {} };
  const answer = await send(agent, request, { timeoutMs: 60_000, maxBytes: 100, onLimit: 'truncate' });
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

describe('B027: TLS', () => {
  const DAY_MS = 86_400_000;
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS);

  async function callTls(certificate: Certificate, trusted: boolean, host = '127.0.0.1') {
    const receiver = await startReceiver(200, certificate);
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
