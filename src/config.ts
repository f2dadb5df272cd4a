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
  /** Where others reach the API, without a slash at the end: people, and endpoints that call back. */
  publicUrl: string;
  /** Networks of proxies, whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  /** 32 bytes each; the first encrypts, all decrypt. Absent: generated and stored in `dataDir`. */
  secretKeys: Buffer[] | undefined;
  allowedNetworks: string[];
  allowHttp: boolean;
  /** Ports of the services around the API: no webhook may call them on this machine. */
  ownPorts: number[];
  inbox: boolean;
  /** The most requests of a delivery: the first and its retries. */
  maxRequests: number;
  /** The most workflows that a worker has in memory; others are replayed from their history when something happens. */
  maxCachedWorkflows: number;
  /** For how many days an entry is kept after its end. */
  retentionDays: number;
  /** For how many days the audit log is kept. Absent: for ever. */
  auditDays: number | undefined;
  /** Absent: the bundled server on these ports. */
  temporal: TemporalConnection | undefined;
  temporalPort: number;
  temporalUiPort: number;
  /** The Temporal CLI that runs the bundled server; `npm start` finds or builds it. */
  temporalBinary: string | undefined;
  temporalNamespace: string;
  /** Base URL of the Web UI, for links. Absent: no links. */
  temporalUiUrl: string | undefined;
  /** Where people may sign in beside here. */
  oidc: { issuer: string; clientId: string; clientSecret: string } | undefined;
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
const port = (fallback: number) => wholeNumber(1, 65_535).default(fallback);

function wholeNumber(least: number, most: number) {
  const error = ({ input }: { input?: unknown }) =>
    `must be a whole number from ${least} to ${most}, not “${input}”.`;
  return z
    .string()
    .refine((digits) => z.int().min(least).max(most).safeParse(Number(digits)).success, { error })
    .transform(Number);
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

/** A proxy may serve us below a path. */
const publicUrl = z
  .string()
  .refine((url) => URL.canParse(url) && /^https?:\/\/[^?#@]+$/.test(url), {
    error: 'must be the address at which others reach the API, such as https://wayhook.example.com.',
  })
  .transform((url) => url.replace(/\/+$/, ''))
  .optional();

/** Over http, a token could be read or made up on its way; not on this machine. */
const issuer = z
  .string()
  .refine(
    (url) =>
      URL.canParse(url) && /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(:\d+)?(\/|$))[^?#@]*$/.test(url),
    {
      error: 'must be the https:// address of an OpenID Connect provider, without a query.',
    },
  )
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
  WAYHOOK_PUBLIC_URL: publicUrl,
  WAYHOOK_TRUSTED_PROXIES: networks,
  WAYHOOK_SECRET_KEY: secretKeys,
  WAYHOOK_ALLOWED_NETWORKS: networks,
  WAYHOOK_ALLOW_HTTP: onOrOff,
  WAYHOOK_INBOX: onOrOff,
  WAYHOOK_WEBHOOK_RETRIES: wholeNumber(0, 100).default(DEFAULT_MAX_RETRIES),
  WAYHOOK_MAX_CACHED_WORKFLOWS: wholeNumber(10, 100_000).default(1_000),
  WAYHOOK_RETENTION_DAYS: wholeNumber(1, 3_650).default(30),
  WAYHOOK_AUDIT_DAYS: wholeNumber(1, 36_500).optional(),
  WAYHOOK_OIDC_ISSUER: issuer,
  WAYHOOK_OIDC_CLIENT_ID: text,
  WAYHOOK_OIDC_CLIENT_SECRET: text,
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
  const temporalUiUrl =
    env.WAYHOOK_TEMPORAL_UI_URL ?? (temporal ? undefined : `http://localhost:${env.TEMPORAL_UI_PORT}`);
  return {
    port: env.PORT,
    metricsPort: env.METRICS_PORT,
    host: env.WAYHOOK_HOST ?? (embedded ? '127.0.0.1' : '0.0.0.0'),
    databaseUrl: env.DATABASE_URL,
    dataDir: resolve(env.WAYHOOK_DATA_DIR),
    apiKey: env.WAYHOOK_API_KEY,
    url: env.WAYHOOK_URL,
    publicUrl: env.WAYHOOK_PUBLIC_URL ?? `http://localhost:${env.PORT}`,
    trustedProxies: env.WAYHOOK_TRUSTED_PROXIES ?? [],
    secretKeys: env.WAYHOOK_SECRET_KEY,
    allowedNetworks: env.WAYHOOK_ALLOWED_NETWORKS ?? (embedded ? LOOPBACK : []),
    allowHttp: env.WAYHOOK_ALLOW_HTTP ?? embedded,
    ownPorts: [
      ...[env.METRICS_PORT, env.TEMPORAL_PORT, env.TEMPORAL_UI_PORT],
      ...[temporal?.address, temporalUiUrl].flatMap(portIn),
    ],
    inbox: env.WAYHOOK_INBOX ?? embedded,
    maxRequests: 1 + env.WAYHOOK_WEBHOOK_RETRIES,
    maxCachedWorkflows: env.WAYHOOK_MAX_CACHED_WORKFLOWS,
    retentionDays: env.WAYHOOK_RETENTION_DAYS,
    auditDays: env.WAYHOOK_AUDIT_DAYS,
    temporal,
    temporalPort: env.TEMPORAL_PORT,
    temporalUiPort: env.TEMPORAL_UI_PORT,
    temporalBinary: env.WAYHOOK_TEMPORAL_BINARY,
    temporalNamespace: temporal?.namespace ?? variables.TEMPORAL_NAMESPACE ?? 'default',
    temporalUiUrl,
    oidc: readOidc(env),
    logLevel: env.WAYHOOK_LOG_LEVEL,
  };
}

/** All three, or none. */
function readOidc(env: z.output<typeof Settings>): Config['oidc'] {
  const { WAYHOOK_OIDC_ISSUER: issuer, WAYHOOK_OIDC_CLIENT_ID: clientId } = env;
  const { WAYHOOK_OIDC_CLIENT_SECRET: clientSecret } = env;
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined) {
    return { issuer, clientId, clientSecret };
  }
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  throw new ConfigError(
    'WAYHOOK_OIDC_ISSUER, WAYHOOK_OIDC_CLIENT_ID and WAYHOOK_OIDC_CLIENT_SECRET belong together. Set all three, or none.',
  );
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

/** The port that an address or a URL names, if it names one. */
function portIn(address: string | undefined): number[] {
  const [, port] = /:(\d+)(?:\/|$)/.exec(address ?? '') ?? [];
  return port === undefined ? [] : [Number(port)];
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

/** What any program needs to run, by names that Windows writes in upper or lower case. */
const PASSED_ON = ['PATH', 'TMPDIR', 'TZ', 'SYSTEMROOT', 'TEMP', 'TMP', 'PATHEXT'];

/** The environment of a program that we start: without our keys, and without what would configure it. */
export function programEnvironment(given: Environment = process.env): Environment {
  return Object.fromEntries(Object.entries(given).filter(([name]) => PASSED_ON.includes(name.toUpperCase())));
}
