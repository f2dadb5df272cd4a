/**
 * Dynamic configuration of the bundled server. On the command line a value applies to all namespaces and task queues:
 * constraints, such as a queue's name, are possible only in the configuration file of another server.
 */
const DYNAMIC_CONFIG = {
  // Rate limits per tile: keys must not starve each other, and limits are exact only with one partition of the queue.
  'matching.enableFairness': true,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'system.enableActivityEagerExecution': true,
  // Each shard reads its queues of tasks and timers 20 times a second by default, and this server has one shard: where
  // more happens than that, each next step of a workflow waits up to 50 ms for its turn.
  'history.transferProcessorMaxPollRPS': 1_000,
  'history.timerProcessorMaxPollRPS': 1_000,
  // Tests: time passes as fast as work allows. The default shift is one second for each skip.
  'frontend.WorkflowTimeSkippingEnabled': true,
  'frontend.WorkflowTimeSkippingMaxSkipPerSession': 1_000_000,
  'history.timerProcessorMaxTimeShift': '20ms',
  // The command line cannot switch the HTTP API off, so it answers 403 to every host: no Host header can be a space.
  'frontend.httpAllowedHosts': [' '],
};

/** The search attributes that entries carry; they must exist before the first one starts. */
export const SEARCH_ATTRIBUTES = {
  WayhookJourneyId: 'Int',
  WayhookVersion: 'Int',
  WayhookTile: 'Keyword',
  WayhookReason: 'Keyword',
} as const;

/** Every step is on disk before it is acknowledged; with `synchronous=1` a power failure loses the last ones. */
const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=2'];

export interface DevServerOptions {
  port: number;
  /** Where the Web UI listens; omitted, there is none. */
  uiPort?: number;
  /** Where its HTTP API and its metrics listen; omitted, on any free ports. */
  innerPorts?: InnerPorts;
  /** Where the server stores its state; omitted, in memory. */
  databaseFile?: string;
  namespace: string;
}

/** Ports of the server that Wayhook does not use, and that speak HTTP. */
export interface InnerPorts {
  http: number;
  metrics: number;
}

/** The arguments of the Temporal CLI for a development server, on loopback only. */
export function devServerArguments(options: DevServerOptions): string[] {
  const { port, uiPort, innerPorts, databaseFile, namespace } = options;
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace],
    ...(innerPorts === undefined ? [] : innerPortArguments(innerPorts)),
    ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort), '--ui-disable-news-fetch']),
    ...(databaseFile === undefined ? [] : ['--db-filename', databaseFile, ...pragmas()]),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
    ...['--log-level', 'error'],
  ];
}

function innerPortArguments({ http, metrics }: InnerPorts): string[] {
  return ['--http-port', String(http), '--metrics-port', String(metrics)];
}

/** The ports that `innerPorts` has set in a command line of the server. */
export function innerPortsIn(command: string): InnerPorts | undefined {
  const [, http, metrics] = / --http-port (\d+) --metrics-port (\d+) /.exec(command) ?? [];
  return http === undefined ? undefined : { http: Number(http), metrics: Number(metrics) };
}

function pragmas(): string[] {
  return SQLITE_PRAGMAS.flatMap((pragma) => ['--sqlite-pragma', pragma]);
}
