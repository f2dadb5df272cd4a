import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DEFAULT_MAX_RETRIES } from './domain/retry-policy';

/** A setting that cannot be used. The message names it and says what to do; there is no stack to read. */
export class ConfigError extends Error {}

export interface Config {
  /** Where the API listens. */
  port: number;
  /** Where Prometheus reads `/metrics`. */
  metricsPort: number;
  /** The address both listen on: loopback with the embedded database, every interface otherwise. */
  host: string;
  /** Absent: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  apiKey: string | undefined;
  /** Where commands reach the API, without a slash at its end. Absent: on this machine, at `port`. */
  url: string | undefined;
  /** 32 bytes each; the first seals, all open. Absent: made and kept in `dataDir`. */
  secretKeys: Buffer[] | undefined;
  allowedNetworks: string[];
  allowHttp: boolean;
  inbox: boolean;
  /** Requests a delivery may spend: the first and the retries after it. */
  maxRequests: number;
  /** Days that an entry is kept after its end. */
  retentionDays: number;
  /** Absent: the bundled server on these ports. */
  temporal: TemporalConnection | undefined;
  temporalPort: number;
  temporalUiPort: number;
  /** The Temporal CLI that the bundled server is run with; `npm start` finds or builds it. */
  temporalBinary: string | undefined;
  temporalNamespace: string;
  /** Base address of the Web UI, for links; absent, there are none. */
  temporalUiUrl: string | undefined;
  logLevel: string;
}

export interface TemporalConnection {
  address: string | undefined;
  tls: ConnectionOptions['tls'];
  apiKey: string | undefined;
}

type Environment = Record<string, string | undefined>;

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const KEY_BYTES = 32;
const SHORTEST_API_KEY = 24;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Settings of later versions: set and ignored, they would promise what is not kept. */
const NOT_YET = ['WAYHOOK_ENCRYPT_PAYLOADS'];

/**
 * Reads every setting of the README's table; `defaults` stand in for those the environment does not have.
 * Throws a ConfigError for one that cannot be used.
 */
export function readConfig(given: Environment = process.env, defaults: Environment = {}): Config {
  const env = { ...defaults, ...given };
  for (const name of NOT_YET) {
    if (env[name]) throw new ConfigError(`${name} is not available yet. Unset it.`);
  }
  const databaseUrl = databaseUrlOf(env);
  const embedded = databaseUrl === undefined;
  const temporal = temporalOf(env);
  const temporalUiPort = port(env, 'TEMPORAL_UI_PORT', 8233);
  return {
    port: port(env, 'PORT', 8080),
    metricsPort: port(env, 'METRICS_PORT', 9464),
    host: env.WAYHOOK_HOST || (embedded ? '127.0.0.1' : '0.0.0.0'),
    databaseUrl,
    dataDir: resolve(env.WAYHOOK_DATA_DIR || '.wayhook'),
    apiKey: apiKeyOf(env),
    url: urlOf(env),
    secretKeys: secretKeysOf(env),
    allowedNetworks: networksOf(env) ?? (embedded ? LOOPBACK : []),
    allowHttp: flag(env, 'WAYHOOK_ALLOW_HTTP', embedded),
    inbox: flag(env, 'WAYHOOK_INBOX', embedded),
    maxRequests: 1 + wholeNumber(env, 'WAYHOOK_WEBHOOK_RETRIES', DEFAULT_MAX_RETRIES, 0, 100),
    retentionDays: wholeNumber(env, 'WAYHOOK_RETENTION_DAYS', 30, 1, 3_650),
    temporal,
    temporalPort: port(env, 'TEMPORAL_PORT', 7233),
    temporalUiPort,
    temporalBinary: env.WAYHOOK_TEMPORAL_BINARY || undefined,
    temporalNamespace: temporal?.namespace ?? env.TEMPORAL_NAMESPACE ?? 'default',
    temporalUiUrl:
      env.WAYHOOK_TEMPORAL_UI_URL || (temporal ? undefined : `http://localhost:${temporalUiPort}`),
    logLevel: logLevelOf(env),
  };
}

function databaseUrlOf(env: Environment): string | undefined {
  const url = env.DATABASE_URL || undefined;
  if (url !== undefined && !/^postgres(ql)?:\/\//.test(url)) {
    throw new ConfigError('DATABASE_URL must begin with postgres:// (or postgresql://).');
  }
  return url;
}

/** Temporal's own variables and its configuration file, as its own library reads them. */
function temporalOf(env: Environment): (TemporalConnection & { namespace: string | undefined }) | undefined {
  if (!env.TEMPORAL_ADDRESS && !env.TEMPORAL_PROFILE) return undefined;
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({
      profile: env.TEMPORAL_PROFILE || undefined,
      disableFile: !env.TEMPORAL_PROFILE && !env.TEMPORAL_CONFIG_FILE,
      overrideEnvVars: env as Record<string, string>,
    });
    const { address, tls, apiKey } = connectionOptions;
    return {
      address,
      tls: tls ?? undefined,
      apiKey: typeof apiKey === 'string' ? apiKey : undefined,
      namespace,
    };
  } catch (error) {
    throw new ConfigError(`The TEMPORAL_… settings cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function apiKeyOf(env: Environment): string | undefined {
  const key = env.WAYHOOK_API_KEY || undefined;
  if (key !== undefined && key.length < SHORTEST_API_KEY) {
    throw new ConfigError(
      `WAYHOOK_API_KEY needs at least ${SHORTEST_API_KEY} characters. Try: openssl rand -hex 24`,
    );
  }
  return key;
}

function urlOf(env: Environment): string | undefined {
  if (!env.WAYHOOK_URL) return undefined;
  if (/^https?:\/\/[^\s/]+\/?$/.test(env.WAYHOOK_URL)) return env.WAYHOOK_URL.replace(/\/$/, '');
  throw new ConfigError('WAYHOOK_URL is the address of the API, such as https://wayhook.example.com');
}

function secretKeysOf(env: Environment): Buffer[] | undefined {
  if (!env.WAYHOOK_SECRET_KEY) return undefined;
  const keys = env.WAYHOOK_SECRET_KEY.split(',').map((text) => Buffer.from(text.trim(), 'base64'));
  if (keys.some((key) => key.length !== KEY_BYTES)) {
    throw new ConfigError(
      `WAYHOOK_SECRET_KEY is ${KEY_BYTES} bytes in base64; to rotate, a new one, a comma, and the old one. ` +
        'Try: openssl rand -base64 32',
    );
  }
  return keys;
}

function networksOf(env: Environment): string[] | undefined {
  if (env.WAYHOOK_ALLOWED_NETWORKS === undefined) return undefined;
  const networks = env.WAYHOOK_ALLOWED_NETWORKS.split(',').map((text) => text.trim());
  const wrong = networks.find((text) => text !== '' && !isNetwork(text));
  if (wrong !== undefined) {
    throw new ConfigError(
      `WAYHOOK_ALLOWED_NETWORKS is a list of networks such as 10.1.0.0/16; “${wrong}” is none.`,
    );
  }
  return networks.filter((text) => text !== '');
}

function isNetwork(text: string): boolean {
  const [, address, bits] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  if (address === undefined || isIP(address) === 0) return false;
  return Number(bits) <= (isIP(address) === 4 ? 32 : 128);
}

function logLevelOf(env: Environment): string {
  const level = env.WAYHOOK_LOG_LEVEL || 'info';
  if (LOG_LEVELS.includes(level)) return level;
  throw new ConfigError(`WAYHOOK_LOG_LEVEL is one of ${LOG_LEVELS.join(', ')}; “${level}” is not.`);
}

function port(env: Environment, name: string, otherwise: number): number {
  return wholeNumber(env, name, otherwise, 1, 65_535);
}

function wholeNumber(env: Environment, name: string, otherwise: number, least: number, most: number): number {
  const text = env[name];
  if (text === undefined || text === '') return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new ConfigError(`${name} is a whole number from ${least} to ${most}; “${text}” is not.`);
  }
  return value;
}

function flag(env: Environment, name: string, otherwise: boolean): boolean {
  const text = env[name]?.toLowerCase();
  if (text === undefined || text === '') return otherwise;
  if (['1', 'true', 'on', 'yes'].includes(text)) return true;
  if (['0', 'false', 'off', 'no'].includes(text)) return false;
  throw new ConfigError(`${name} is on or off; “${text}” is neither.`);
}

/** The Temporal that a part running alone connects to. */
export function requireTemporal({ temporal }: Config): TemporalConnection {
  if (temporal) return temporal;
  throw new ConfigError(
    'TEMPORAL_ADDRESS is not set. A part that runs alone needs a Temporal server; `npm start` does not.',
  );
}
