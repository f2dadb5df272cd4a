import { ConfigError, readConfig, requireTemporal } from '../src/config';

const KEY = Buffer.alloc(32, 1).toString('base64');

describe('reading the settings', () => {
  const unusable: [string, Record<string, string>, string][] = [
    [
      'a port that is not a number',
      { PORT: 'http' },
      'PORT must be a whole number from 1 to 65535, not “http”.',
    ],
    [
      'a port out of range',
      { METRICS_PORT: '70000' },
      'METRICS_PORT must be a whole number from 1 to 65535, not “70000”.',
    ],
    ['port 0', { PORT: '0' }, 'PORT must be a whole number from 1 to 65535, not “0”.'],
    [
      'a Temporal port that is not whole',
      { TEMPORAL_PORT: '7233.5' },
      'TEMPORAL_PORT must be a whole number',
    ],
    ['a negative Web UI port', { TEMPORAL_UI_PORT: '-1' }, 'TEMPORAL_UI_PORT must be a whole number'],
    [
      'a database other than Postgres',
      { DATABASE_URL: 'mysql://db' },
      'DATABASE_URL must begin with postgres://',
    ],
    [
      'an identity provider over http elsewhere',
      { WAYHOOK_OIDC_ISSUER: 'http://login.example.com' },
      'WAYHOOK_OIDC_ISSUER must be the https:// address',
    ],
    [
      'an identity provider without a secret',
      { WAYHOOK_OIDC_ISSUER: 'https://login.example.com', WAYHOOK_OIDC_CLIENT_ID: 'wayhook' },
      'belong together. Set all three, or none.',
    ],
    ['a short API key', { WAYHOOK_API_KEY: 'secret' }, 'WAYHOOK_API_KEY needs at least 24 characters.'],
    [
      'a short secret key',
      { WAYHOOK_SECRET_KEY: 'c2hvcnQ=' },
      'WAYHOOK_SECRET_KEY must be 32 bytes in base64',
    ],
    [
      'a good secret key beside a bad one',
      { WAYHOOK_SECRET_KEY: `${KEY},old` },
      'WAYHOOK_SECRET_KEY must be 32 bytes in base64',
    ],
    ['a network without a prefix length', { WAYHOOK_ALLOWED_NETWORKS: '10.0.0.1' }, '“10.0.0.1” is not one.'],
    [
      'a network with an invalid address',
      { WAYHOOK_ALLOWED_NETWORKS: '10.0.0.0/8, 300.1.1.1/8' },
      '“300.1.1.1/8” is not one.',
    ],
    [
      'a prefix longer than the address',
      { WAYHOOK_ALLOWED_NETWORKS: '10.0.0.0/33' },
      '“10.0.0.0/33” is not one.',
    ],
    [
      'a switch that is neither on nor off',
      { WAYHOOK_ALLOW_HTTP: 'maybe' },
      'WAYHOOK_ALLOW_HTTP must be on or off, not “maybe”.',
    ],
    ...[
      'wayhook.example.com',
      'ftp://wayhook.example.com',
      'https://a@b.example',
      'https://a.example/?b=1',
    ].map((url): [string, Record<string, string>, string] => [
      `the public address ${url}`,
      { WAYHOOK_PUBLIC_URL: url },
      'WAYHOOK_PUBLIC_URL must be the address at which others reach the API',
    ]),
    ['a number as a switch', { WAYHOOK_INBOX: '2' }, 'WAYHOOK_INBOX must be on or off'],
    [
      'a negative number of retries',
      { WAYHOOK_WEBHOOK_RETRIES: '-1' },
      'WAYHOOK_WEBHOOK_RETRIES must be a whole number from 0 to 100',
    ],
    [
      'an unknown log level',
      { WAYHOOK_LOG_LEVEL: 'loud' },
      'WAYHOOK_LOG_LEVEL must be one of trace, debug, info',
    ],
    [
      'a Temporal profile that does not exist',
      { TEMPORAL_PROFILE: 'gone', TEMPORAL_CONFIG_FILE: '/nowhere.toml' },
      'The TEMPORAL_… settings cannot be used',
    ],
    [
      'encryption, which is not available yet',
      { WAYHOOK_ENCRYPT_PAYLOADS: '1' },
      'WAYHOOK_ENCRYPT_PAYLOADS is not available yet. Unset it.',
    ],
    [
      'a retention of zero days',
      { WAYHOOK_RETENTION_DAYS: '0' },
      'WAYHOOK_RETENTION_DAYS must be a whole number from 1 to 3650, not “0”.',
    ],
    [
      'a retention beyond ten years',
      { WAYHOOK_RETENTION_DAYS: '3651' },
      'WAYHOOK_RETENTION_DAYS must be a whole number from 1 to 3650, not “3651”.',
    ],
  ];

  it.each(unusable)('refuses %s in one sentence', (_what, env, sentence) => {
    const read = () => readConfig(env);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(sentence);
  });

  it('refuses each setting that cannot be used, in a line of its own', () => {
    expect(() => readConfig({ PORT: 'http', WAYHOOK_INBOX: 'maybe' })).toThrow(
      'PORT must be a whole number from 1 to 65535, not “http”.\nWAYHOOK_INBOX must be on or off, not “maybe”.',
    );
  });

  it('takes an empty value for none', () => {
    const names = ['PORT', 'DATABASE_URL', 'WAYHOOK_API_KEY', 'WAYHOOK_SECRET_KEY', 'WAYHOOK_INBOX'];
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(readConfig({}));
  });

  it('does not quote a secret that cannot be used', () => {
    for (const env of [
      { WAYHOOK_API_KEY: 'hunter2' },
      { WAYHOOK_SECRET_KEY: 'hunter2' },
      { DATABASE_URL: 'hunter2' },
    ]) {
      expect(() => readConfig(env)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
      );
    }
  });

  it('keeps to this machine with the embedded database', () => {
    expect(readConfig({})).toMatchObject({
      port: 8080,
      metricsPort: 9464,
      host: '127.0.0.1',
      allowedNetworks: ['127.0.0.0/8', '::1/128'],
      allowHttp: true,
      inbox: true,
      maxRequests: 4,
      maxCachedWorkflows: 1_000,
      retentionDays: 30,
      auditDays: undefined,
      temporal: undefined,
      temporalNamespace: 'default',
      temporalUiUrl: 'http://localhost:8233',
      logLevel: 'info',
    });
  });

  it('with Postgres, opens the API and allows webhooks to public addresses only', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://db/wayhook' })).toMatchObject({
      host: '0.0.0.0',
      allowedNetworks: [],
      allowHttp: false,
      inbox: false,
    });
  });

  it('replaces loopback by the given networks, and allows none for an empty list', () => {
    const networks = (text: string) => readConfig({ WAYHOOK_ALLOWED_NETWORKS: text }).allowedNetworks;
    expect(networks('10.0.0.0/8, fd00::/8')).toEqual(['10.0.0.0/8', 'fd00::/8']);
    expect(networks('')).toEqual([]);
  });

  it("reads Temporal's own settings as its own clients do", () => {
    const config = readConfig({ TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'journeys' });
    expect(config).toMatchObject({ temporal: { address: 'temporal:7233' }, temporalNamespace: 'journeys' });
    expect(config.temporalUiUrl).toBeUndefined();
    expect(requireTemporal(config).address).toBe('temporal:7233');
  });

  it('knows the ports of its own services, chosen by settings or not', () => {
    expect(readConfig({}).ownPorts).toEqual(expect.arrayContaining([9464, 7233, 8233]));
    const ports = { METRICS_PORT: '1001', TEMPORAL_PORT: '1002', TEMPORAL_UI_PORT: '1003' };
    expect(readConfig(ports).ownPorts).toEqual(expect.arrayContaining([1001, 1002, 1003]));
    const elsewhere = {
      TEMPORAL_ADDRESS: 'localhost:1004',
      WAYHOOK_TEMPORAL_UI_URL: 'http://localhost:1005/ui',
    };
    expect(readConfig(elsewhere).ownPorts).toEqual(expect.arrayContaining([1004, 1005]));
  });

  it('takes the address at which others reach the API, and this machine’s without one', () => {
    expect(readConfig({ PORT: '8081' }).publicUrl).toBe('http://localhost:8081');
    const below = { WAYHOOK_PUBLIC_URL: 'https://example.com/wayhook/' };
    expect(readConfig(below).publicUrl).toBe('https://example.com/wayhook');
  });

  it('says that a part that runs alone needs a Temporal server', () => {
    expect(() => requireTemporal(readConfig({}))).toThrow('TEMPORAL_ADDRESS is not set.');
  });

  it('prefers the environment to the defaults of a part', () => {
    const defaults = { WAYHOOK_LOG_LEVEL: 'warn' };
    expect(readConfig({}, defaults).logLevel).toBe('warn');
    expect(readConfig({ WAYHOOK_LOG_LEVEL: 'debug' }, defaults).logLevel).toBe('debug');
  });
});
