import { isIPv6 } from 'node:net';
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { type Config, ConfigError, readConfig } from '../config';
import { requireFree } from './ports';

/** A service that runs. `ended` settles when it comes to its end by itself: done, or unable to go on. */
export interface Running {
  stop: () => Promise<void>;
  ended?: Promise<unknown>;
}

/** What a part of the program is started with. */
export interface Starting {
  config: Config;
  log: Logger;
  /** Takes what a stop has to take back, as it is started. A start that fails is taken back too. */
  undo: Undo;
  /** Aborted by the first signal: what waits to start gives up then. */
  stopping: AbortSignal;
}

/** Starts a part. Its `ended` is what `Running` has. */
export type Start = (starting: Starting) => Promise<Pick<Running, 'ended'>>;

/** What a started part leaves to be undone, last first. */
export class Undo {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.unshift(step);
  }

  /** Takes every step, whatever becomes of the ones before it, then throws the first failure. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.steps.splice(0)) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** npm passes a Ctrl-C on that the terminal has sent as well: within this time two signals count as one. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs a part of the program until a signal or a failure ends it. The first signal lets what is under way
 * finish, the second does not wait. A setting that cannot be used ends it with one sentence. `defaults` are
 * settings of this part for when the environment has none.
 */
export function runProcess(start: Start, defaults: Record<string, string> = {}): void {
  run(start, defaults).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof ConfigError ? `\n${error.message}\n` : error);
      process.exit(1);
    },
  );
}

async function run(start: Start, defaults: Record<string, string>): Promise<void> {
  const config = readConfig(undefined, defaults);
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  const stopping = stopOnSignal();
  const signalled = new Promise((resolve) => stopping.addEventListener('abort', resolve));
  const undo = new Undo();
  try {
    const { ended } = await start({ config, log, undo, stopping });
    await Promise.race([signalled, ended ?? signalled]);
  } catch (error) {
    if (!stopping.aborted || error !== stopping.reason) throw error;
  } finally {
    await undo.run();
  }
}

/** Aborted by the first signal, with `reason` to tell the wait it broke off. A later one ends the process. */
function stopOnSignal(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      first ??= Date.now();
      if (Date.now() - first > SAME_SIGNAL_MS) process.exit(1);
      controller.abort(new Error(`Stopped by ${signal}.`));
    });
  }
  return controller.signal;
}

/**
 * Installs the SDK's runtime: its metrics and ours on one port, its warnings in our log, signals left to us.
 * Throws a ConfigError when the port cannot be used.
 */
export async function installRuntime({ metricsPort, host }: Config, log: Logger): Promise<void> {
  await requireFree({ port: metricsPort, host, setting: 'METRICS_PORT' });
  const bindAddress = `${isIPv6(host) ? `[${host}]` : host}:${metricsPort}`;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', (entry) => logForSdk(log, entry)),
    telemetryOptions: { metrics: { prometheus: { bindAddress, countersTotalSuffix: true } } },
  });
}

/**
 * What the SDK warns of and is meant. An entry that exits fails its workflow, and is no worker's trouble: its row
 * says why. The worker of rate limits has no workflows.
 */
const BY_DESIGN = ['Workflow failed', 'No workflows registered, not polling for workflow tasks'];

function logForSdk(log: Logger, { level, message, meta }: LogEntry): void {
  const { error, ...fields } = meta ?? {};
  const said = error instanceof Error ? { ...fields, error: error.message } : fields;
  log[BY_DESIGN.includes(message) ? 'debug' : level === 'ERROR' ? 'error' : 'warn'](said, message);
}
