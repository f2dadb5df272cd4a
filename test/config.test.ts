import { ConfigError, readConfig, requireTemporal } from '../src/config';

const KEY = Buffer.alloc(32, 1).toString('base64');

describe('the settings', () => {
  const unusable: [string, Record<string, string>, string][] = [
    ['a port that is no number', { PORT: 'http' }, 'PORT is a whole number from 1 to 65535; “http” is not.'],
    [
      'a port out of range',
      { METRICS_PORT: '70000' },
      'METRICS_PORT is a whole number from 1 to 65535; “70000” is not.',
    ],
    ['port 0, which nobody could call', { PORT: '0' }, 'PORT is a whole number from 1 to 65535; “0” is not.'],
    ['a broken Temporal port', { TEMPORAL_PORT: '7233.5' }, 'TEMPORAL_PORT is a whole number'],
    ['a broken Web UI port', { TEMPORAL_UI_PORT: '-1' }, 'TEMPORAL_UI_PORT is a whole number'],
    [
      'a database other than Postgres',
      { DATABASE_URL: 'mysql://db' },
      'DATABASE_URL must begin with postgres://',
    ],
    ['a short API key', { WAYHOOK_API_KEY: 'secret' }, 'WAYHOOK_API_KEY needs at least 24 characters.'],
    ['a short secret key', { WAYHOOK_SECRET_KEY: 'c2hvcnQ=' }, 'WAYHOOK_SECRET_KEY is 32 bytes in base64'],
    [
      'a good secret key beside a bad one',
      { WAYHOOK_SECRET_KEY: `${KEY},old` },
      'WAYHOOK_SECRET_KEY is 32 bytes in base64',
    ],
    ['a network without its length', { WAYHOOK_ALLOWED_NETWORKS: '10.0.0.1' }, '“10.0.0.1” is none.'],
    [
      'a network of an address that is none',
      { WAYHOOK_ALLOWED_NETWORKS: '10.0.0.0/8, 300.1.1.1/8' },
      '“300.1.1.1/8” is none.',
    ],
    [
      'a network longer than its address',
      { WAYHOOK_ALLOWED_NETWORKS: '10.0.0.0/33' },
      '“10.0.0.0/33” is none.',
    ],
    [
      'a switch that is neither on nor off',
      { WAYHOOK_ALLOW_HTTP: 'maybe' },
      'WAYHOOK_ALLOW_HTTP is on or off; “maybe” is neither.',
    ],
    ['a broken inbox switch', { WAYHOOK_INBOX: '2' }, 'WAYHOOK_INBOX is on or off'],
    [
      'retries below none',
      { WAYHOOK_WEBHOOK_RETRIES: '-1' },
      'WAYHOOK_WEBHOOK_RETRIES is a whole number from 0 to 100',
    ],
    ['an unknown log level', { WAYHOOK_LOG_LEVEL: 'loud' }, 'WAYHOOK_LOG_LEVEL is one of trace, debug, info'],
    [
      'a Temporal profile that is not there',
      { TEMPORAL_PROFILE: 'gone', TEMPORAL_CONFIG_FILE: '/nowhere.toml' },
      'The TEMPORAL_… settings cannot be used',
    ],
    [
      'encryption, which is not there yet',
      { WAYHOOK_ENCRYPT_PAYLOADS: '1' },
      'WAYHOOK_ENCRYPT_PAYLOADS is not available yet. Unset it.',
    ],
    [
      'a retention of no day',
      { WAYHOOK_RETENTION_DAYS: '0' },
      'WAYHOOK_RETENTION_DAYS is a whole number from 1 to 3650; “0” is not.',
    ],
    [
      'a retention beyond ten years',
      { WAYHOOK_RETENTION_DAYS: '3651' },
      'WAYHOOK_RETENTION_DAYS is a whole number from 1 to 3650; “3651” is not.',
    ],
  ];

  it.each(unusable)('refuse %s in one sentence', (_what, env, sentence) => {
    const read = () => readConfig(env);
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(sentence);
  });

  it('never repeat a secret that cannot be used', () => {
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

  it('bind to this machine with the embedded database', () => {
    expect(readConfig({})).toMatchObject({
      port: 8080,
      metricsPort: 9464,
      host: '127.0.0.1',
      allowedNetworks: ['127.0.0.0/8', '::1/128'],
      allowHttp: true,
      inbox: true,
      maxRequests: 4,
      retentionDays: 30,
      temporal: undefined,
      temporalNamespace: 'default',
      temporalUiUrl: 'http://localhost:8233',
      logLevel: 'info',
    });
  });

  it('open the API and allow no private network with Postgres', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://db/wayhook' })).toMatchObject({
      host: '0.0.0.0',
      allowedNetworks: [],
      allowHttp: false,
      inbox: false,
    });
  });

  it('replace loopback by the given networks, and allow none for an empty list', () => {
    const networks = (text: string) => readConfig({ WAYHOOK_ALLOWED_NETWORKS: text }).allowedNetworks;
    expect(networks('10.0.0.0/8, fd00::/8')).toEqual(['10.0.0.0/8', 'fd00::/8']);
    expect(networks('')).toEqual([]);
  });

  it('read an external Temporal’s settings as its own clients do', () => {
    const config = readConfig({ TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_NAMESPACE: 'journeys' });
    expect(config).toMatchObject({ temporal: { address: 'temporal:7233' }, temporalNamespace: 'journeys' });
    expect(config.temporalUiUrl).toBeUndefined();
    expect(requireTemporal(config).address).toBe('temporal:7233');
  });

  it('say that a separate part needs a Temporal address', () => {
    expect(() => requireTemporal(readConfig({}))).toThrow('TEMPORAL_ADDRESS is not set.');
  });

  it('prefer the environment to a part’s defaults', () => {
    const defaults = { WAYHOOK_LOG_LEVEL: 'warn' };
    expect(readConfig({}, defaults).logLevel).toBe('warn');
    expect(readConfig({ WAYHOOK_LOG_LEVEL: 'debug' }, defaults).logLevel).toBe('debug');
  });
});
