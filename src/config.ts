import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { ConnectionOptions } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { DEFAULT_MAX_RETRIES } from './domain/retry-policy';

/** A mistake of the person who runs the program. The message says what to do; it is shown without a stack. */
export class ConfigError extends Error {}

export interface Config {
  /** Where the API listens. */
  port: number;
  /** Where Prometheus reads `/metrics`. */
  metricsPort: number;
  /** The address both listen on. Default: loopback with the embedded database, else every interface. */
  host: string;
  /** Absent: the embedded database in `dataDir`. */
  databaseUrl: string | undefined;
  dataDir: string;
  apiKey: string | undefined;
  /** Where commands reach the API, without a trailing slash. Absent: on this machine, at `port`. */
  url: string | undefined;
  /** 32 bytes each; the first encrypts, all decrypt. Absent: generated and stored in `dataDir`. */
  secretKeys: Buffer[] | undefined;
  allowedNetworks: string[];
  allowHttp: boolean;
  inbox: boolean;
  /** The most requests of a delivery: the first and its retries. */
  maxRequests: number;
  /** For how many days an entry is kept after its end. */
  retentionDays: number;
  /** Absent: the bundled server on these ports. */
  temporal: TemporalConnection | undefined;
  temporalPort: number;
  temporalUiPort: number;
  /** The Temporal CLI that runs the bundled server; `npm start` finds or builds it. */
  temporalBinary: string | undefined;
  temporalNamespace: string;
  /** Base URL of the Web UI, for links. Absent: no links. */
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
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/* A message of the schema continues the setting's name. Those of secrets do not quote the value. */

const text = z.string().optional();
const port = (fallback: number) => wholeNumber(1, 65_535, fallback);

function wholeNumber(least: number, most: number, fallback: number) {
  const error = ({ input }: { input?: unknown }) =>
    `must be a whole number from ${least} to ${most}, not “${input}”.`;
  return z
    .string()
    .refine((digits) => z.int().min(least).max(most).safeParse(Number(digits)).success, { error })
    .transform(Number)
    .default(fallback);
}

const onOrOff = z
  .stringbool({
    truthy: ['1', 'true', 'on', 'yes'],
    falsy: ['0', 'false', 'off', 'no'],
    error: ({ input }) => `must be on or off, not “${input}”.`,
  })
  .optional();

const postgresUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, 'must begin with postgres:// (or postgresql://).')
  .optional();

const apiUrl = z
  .string()
  .regex(/^https?:\/\/[^\s/]+\/?$/, 'must be the address of the API, such as https://wayhook.example.com.')
  .transform((url) => url.replace(/\/$/, ''))
  .optional();

const apiKey = z
  .string()
  .min(SHORTEST_API_KEY, `needs at least ${SHORTEST_API_KEY} characters. Try: openssl rand -hex 24`)
  .optional();

const secretKeys = z
  .string()
  .transform((keys) => keys.split(',').map((key) => Buffer.from(key.trim(), 'base64')))
  .refine((keys) => keys.every((key) => key.length === KEY_BYTES), {
    error:
      `must be ${KEY_BYTES} bytes in base64; to rotate, the new key, a comma, and the old one. ` +
      'Try: openssl rand -base64 32',
  })
  .optional();

const network = z.string().refine(isNetwork, {
  error: ({ input }) => `must be a list of networks such as 10.1.0.0/16; “${input}” is not one.`,
});

/** Separated by commas; empty: none. */
const networks = z
  .string()
  .transform((list) => list.split(',').map((entry) => entry.trim()))
  .transform((list) => list.filter((entry) => entry !== ''))
  .pipe(z.array(network))
  .optional();

const logLevel = z
  .enum(LOG_LEVELS, { error: ({ input }) => `must be one of ${LOG_LEVELS.join(', ')}, not “${input}”.` })
  .default('info');

/** A setting of a later version: set and ignored, it would promise something that does not happen. */
const notYet = z.never('is not available yet. Unset it.').optional();

const Settings = z.object({
  PORT: port(8080),
  METRICS_PORT: port(9464),
  DATABASE_URL: postgresUrl,
  WAYHOOK_HOST: text,
  WAYHOOK_DATA_DIR: z.string().default('.wayhook'),
  WAYHOOK_API_KEY: apiKey,
  WAYHOOK_URL: apiUrl,
  WAYHOOK_SECRET_KEY: secretKeys,
  WAYHOOK_ALLOWED_NETWORKS: networks,
  WAYHOOK_ALLOW_HTTP: onOrOff,
  WAYHOOK_INBOX: onOrOff,
  WAYHOOK_WEBHOOK_RETRIES: wholeNumber(0, 100, DEFAULT_MAX_RETRIES),
  WAYHOOK_RETENTION_DAYS: wholeNumber(1, 3_650, 30),
  WAYHOOK_LOG_LEVEL: logLevel,
  WAYHOOK_ENCRYPT_PAYLOADS: notYet,
  TEMPORAL_PORT: port(7233),
  TEMPORAL_UI_PORT: port(8233),
  WAYHOOK_TEMPORAL_BINARY: text,
  WAYHOOK_TEMPORAL_UI_URL: text,
});

/**
 * Reads every setting of the README's table; `defaults` stand in for those that the environment lacks. Throws a
 * ConfigError with a sentence for each setting that cannot be used.
 */
export function readConfig(given: Environment = process.env, defaults: Environment = {}): Config {
  const variables = { ...defaults, ...given };
  const env = parse(variables);
  const embedded = env.DATABASE_URL === undefined;
  const temporal = readTemporal(variables);
  return {
    port: env.PORT,
    metricsPort: env.METRICS_PORT,
    host: env.WAYHOOK_HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0'),
    databaseUrl: env.DATABASE_URL,
    dataDir: resolve(env.WAYHOOK_DATA_DIR),
    apiKey: env.WAYHOOK_API_KEY,
    url: env.WAYHOOK_URL,
    secretKeys: env.WAYHOOK_SECRET_KEY,
    allowedNetworks: env.WAYHOOK_ALLOWED_NETWORKS ?? (embedded ? LOOPBACK : []),
    allowHttp: env.WAYHOOK_ALLOW_HTTP ?? embedded,
    inbox: env.WAYHOOK_INBOX ?? embedded,
    maxRequests: 1 + env.WAYHOOK_WEBHOOK_RETRIES,
    retentionDays: env.WAYHOOK_RETENTION_DAYS,
    temporal,
    temporalPort: env.TEMPORAL_PORT,
    temporalUiPort: env.TEMPORAL_UI_PORT,
    temporalBinary: env.WAYHOOK_TEMPORAL_BINARY,
    temporalNamespace: temporal?.namespace ?? variables.TEMPORAL_NAMESPACE ?? 'default',
    temporalUiUrl:
      env.WAYHOOK_TEMPORAL_UI_URL ?? (temporal ? undefined : `http://localhost:${env.TEMPORAL_UI_PORT}`),
    logLevel: env.WAYHOOK_LOG_LEVEL,
  };
}

/** An empty value counts as none, but for networks: there it allows none. */
function parse(variables: Environment): z.output<typeof Settings> {
  const set = Object.entries(variables).filter(
    ([name, value]) => value !== '' || name === 'WAYHOOK_ALLOWED_NETWORKS',
  );
  const { data, error } = Settings.safeParse(Object.fromEntries(set));
  if (data) return data;
  throw new ConfigError(error.issues.map(({ path, message }) => `${String(path[0])} ${message}`).join('\n'));
}

function isNetwork(range: string): boolean {
  const [, address, bits] = /^(.+)\/(\d{1,3})$/.exec(range) ?? [];
  if (address === undefined || isIP(address) === 0) return false;
  return Number(bits) <= (isIP(address) === 4 ? 32 : 128);
}

/** Temporal's own variables and configuration file, read by its own library. */
function readTemporal(variables: Environment): (TemporalConnection & { namespace?: string }) | undefined {
  if (!variables.TEMPORAL_ADDRESS && !variables.TEMPORAL_PROFILE) return undefined;
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({
      profile: variables.TEMPORAL_PROFILE || undefined,
      disableFile: !variables.TEMPORAL_PROFILE && !variables.TEMPORAL_CONFIG_FILE,
      overrideEnvVars: variables as Record<string, string>,
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

/** The Temporal server of a part that runs alone. */
export function requireTemporal({ temporal }: Config): TemporalConnection {
  if (temporal) return temporal;
  throw new ConfigError(
    'TEMPORAL_ADDRESS is not set. A part that runs alone needs a Temporal server; `npm start` does not.',
  );
}
