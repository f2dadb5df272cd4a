import { send } from '../../src/webhook/send';
import { createAgent } from '../../src/webhook/agent';
import { type AddressPolicy, isAllowedAddress } from '../../src/webhook/address';

const PUBLIC_ONLY: AddressPolicy = { allowedNetworks: [], allowHttp: true };

describe('an address on the public internet may be called', () => {
  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:81b::200e',
    '2001:4860:4860::8888',
    '2400:cb00:2048:1::c629:d7a2',
    '2003::1',
    '::ffff:1.1.1.1',
    '::ffff:808:808',
  ])('%s', (ip) => {
    expect(isAllowedAddress(ip, PUBLIC_ONLY)).toBe(true);
  });
});

describe('an address that is not public is refused', () => {
  test.each([
    ['unspecified', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['private', '10.0.0.0'],
    ['private', '10.255.255.255'],
    ['private', '172.16.0.0'],
    ['private', '172.31.255.255'],
    ['private', '192.168.0.1'],
    ['carrier-grade NAT', '100.64.0.0'],
    ['carrier-grade NAT', '100.127.255.255'],
    ['cloud metadata in carrier-grade NAT', '100.100.100.200'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['link-local', '169.254.0.1'],
    ['cloud metadata', '169.254.169.254'],
    ['cloud platform', '168.63.129.16'],
    ['protocol assignments', '192.0.0.192'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.7'],
    ['documentation', '203.0.113.200'],
    ['6to4 relay', '192.88.99.1'],
    ['benchmarking', '198.18.0.1'],
    ['benchmarking', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['multicast', '239.255.255.255'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-compatible loopback', '::7f00:1'],
    ['IPv4-compatible loopback', '::127.0.0.1'],
    ['IPv4-compatible', '::8.8.8.8'],
    ['IPv4-compatible', '::808:808'],
    ['IPv4-mapped loopback', '::ffff:127.0.0.1'],
    ['IPv4-mapped loopback', '::ffff:7f00:1'],
    ['IPv4-mapped metadata', '::ffff:169.254.169.254'],
    ['IPv4-mapped private', '0:0:0:0:0:ffff:10.1.2.3'],
    ['IPv4-translated', '::ffff:0:127.0.0.1'],
    ['NAT64 of loopback', '64:ff9b::7f00:1'],
    ['NAT64 of a public address', '64:ff9b::8.8.8.8'],
    ['local NAT64', '64:ff9b:1::1'],
    ['discard', '100::1'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['benchmarking', '2001:2::1'],
    ['ORCHID', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['6to4 of loopback', '2002:7f00:1::1'],
    ['segment routing', '5f00::1'],
    ['unique local', 'fc00::1'],
    ['unique local', 'fdff:ffff::1'],
    ['cloud metadata', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['no address', 'localhost'],
    ['no address', '2130706433'],
    ['no address', '0x7f.1'],
    ['no address', ''],
  ])('%s %s', (_kind, ip) => {
    expect(isAllowedAddress(ip, PUBLIC_ONLY)).toBe(false);
  });
});

describe('an allowed network may be called though it is not public', () => {
  test.each([
    ['127.0.0.0/8', '127.0.0.1', true],
    ['127.0.0.0/8', '::ffff:127.0.0.1', true],
    ['127.0.0.0/8', '::ffff:7f00:1', true],
    ['127.0.0.0/8', '::1', false],
    ['127.0.0.0/8', '::7f00:1', false],
    ['127.0.0.0/8', '::127.0.0.1', false],
    ['127.0.0.0/8', '64:ff9b::7f00:1', false],
    ['127.0.0.0/8', '10.0.0.1', false],
    ['10.1.0.0/16', '10.1.255.255', true],
    ['10.1.0.0/16', '10.2.0.0', false],
    ['169.254.169.254/32', '169.254.169.253', false],
    ['::1/128', '::1', true],
    ['::1/128', '127.0.0.1', false],
    ['fd00:1::/32', 'fd00:1:2::3', true],
    ['fd00:1::/32', 'fd00:ec2::254', false],
    ['64:ff9b::/96', '64:ff9b::8.8.8.8', true],
    ['10.0.0.0/8', '8.8.8.8', true],
  ])('with %s, %s: %s', (network, ip, allowed) => {
    expect(isAllowedAddress(ip, { ...PUBLIC_ONLY, allowedNetworks: [network] })).toBe(allowed);
  });

  test.each(['10.0.0.0', 'loopback', '10.0.0.0/33', ''])(
    '“%s” is refused as a network at start',
    (network) => {
      const policy = { ...PUBLIC_ONLY, allowedNetworks: [network] };
      expect(() => createAgent(policy, { connections: 1 })).toThrow('is not a network');
    },
  );
});

describe('a URL cannot disguise an address', () => {
  const agent = createAgent(PUBLIC_ONLY, { connections: 1 });
  afterAll(() => agent.destroy());

  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://%31%32%37.0.0.1/',
    'http://１２７.0.0.1/',
    'http://①②⑦.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[0:0:0:0:0:ffff:7f00:0001]/',
    'http://[::7f00:1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://10.0.0.1:8443/',
  ])('%s', async (url) => {
    const request = { method: 'GET', url, headers: {} };
    const answer = await send(agent, request, { timeoutMs: 60_000, maxBytes: 100 });
    expect(answer).toMatchObject({ kind: 'failure', reason: 'blocked_address' });
  });
});
