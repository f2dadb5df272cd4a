import { isIPv6 } from 'node:net';
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { type Config, ConfigError, readConfig } from '../config';
import { requireFree } from './ports';

/** A running service. The promise `ended` resolves when it is done, and rejects when it fails. */
export interface Running {
  stop: () => Promise<void>;
  ended?: Promise<unknown>;
}

/** What a program is started with. */
export interface Starting {
  config: Config;
  log: Logger;
  /** Collects the steps of a stop while the program starts. They run after a failed start too. */
  undo: Undo;
  /** Aborted by the first signal: a start that waits gives up then. */
  stopping: AbortSignal;
}

/** Starts a program. Returns `ended` as of `Running`. */
export type Start = (starting: Starting) => Promise<Pick<Running, 'ended'>>;

/** The steps that stop a program, in reverse order. */
export class Undo {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.unshift(step);
  }

  /** Runs every step, even after one that failed, then throws the first failure. */
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

/** npm forwards a Ctrl-C that the terminal has sent too: two signals within this time count as one. */
const SAME_SIGNAL_MS = 500;

/**
 * Runs a program until it ends, fails or gets a signal. The first signal lets work under way finish, a second one exits
 * at once. A ConfigError ends it with its message alone. `defaults` are settings of this program for when the
 * environment has none.
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

/** Aborted by the first signal, with a `reason` that `run` recognizes. A later signal exits. */
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
 * Installs the SDK's runtime: its metrics and ours on one port, its warnings in our log, its signal handlers off. Throws
 * a ConfigError when the port cannot be used.
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
 * Warnings of the SDK about what is intended. An entry that exits fails its workflow, which is no problem of the worker;
 * its row has the reason. The worker of the limited queue has no workflows.
 */
const BY_DESIGN = ['Workflow failed', 'No workflows registered, not polling for workflow tasks'];

function logForSdk(log: Logger, { level, message, meta }: LogEntry): void {
  const { error, ...fields } = meta ?? {};
  const logged = error instanceof Error ? { ...fields, error: error.message } : fields;
  log[BY_DESIGN.includes(message) ? 'debug' : level === 'ERROR' ? 'error' : 'warn'](logged, message);
}
