import { DefaultLogger, Runtime } from '@temporalio/worker';
import pino, { type Logger } from 'pino';
import { type Config, ConfigError, readConfig } from '../config';

/** A part that runs. `ended` settles when it comes to its end by itself: done, or unable to go on. */
export interface Running {
  stop: () => Promise<void>;
  ended?: Promise<unknown>;
}

/** What a started part leaves to be undone, last first. */
export class Undo {
  private readonly steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.steps.unshift(step);
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0)) await step();
  }
}

/**
 * Runs a part of the program until a signal or a failure ends it. The first signal lets what is under way
 * finish, the second does not wait. A setting that cannot be used ends it with one sentence.
 */
export function runProcess(start: (config: Config, log: Logger) => Promise<Running>): void {
  run(start).then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof ConfigError ? `\n${error.message}\n` : error);
      process.exit(1);
    },
  );
}

async function run(start: (config: Config, log: Logger) => Promise<Running>): Promise<void> {
  const config = readConfig();
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: false }));
  const signalled = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
  const running = await start(config, log);
  try {
    await Promise.race([signalled, running.ended ?? signalled]);
  } finally {
    await running.stop();
  }
}

/** Installs the SDK's runtime: its metrics and ours on one port, its warnings in our log, signals left to us. */
export function installRuntime({ metricsPort, host }: Config, log: Logger): void {
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('WARN', ({ level, message, meta }) => {
      log[level === 'ERROR' ? 'error' : 'warn']({ ...meta, sdk: true }, message);
    }),
    telemetryOptions: {
      metrics: { prometheus: { bindAddress: `${host}:${metricsPort}`, countersTotalSuffix: true } },
    },
  });
}
