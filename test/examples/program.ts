import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { transformFileSync } from '@swc/core';

const ROOT = join(__dirname, '../..');
export const EXAMPLES = join(ROOT, 'examples');

/** A folder that goes with the test run. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'example-'));
}

/** An example in TypeScript as a program that every supported Node runs. Returns its file. */
export function compile(example: string): string {
  const { code } = transformFileSync(join(EXAMPLES, example), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const file = join(newFolder(), basename(example).replace(/\.ts$/, '.cjs'));
  writeFileSync(file, code);
  return file;
}

/** The settings of an example that has this checkout's packages and Temporal's command line at hand. */
export function settings(more: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, WAYHOOK_TEMPORAL_BINARY } = process.env;
  const path = `${dirname(WAYHOOK_TEMPORAL_BINARY!)}:${PATH}`;
  return { ...process.env, PATH: path, NODE_PATH: join(ROOT, 'node_modules'), ...more };
}

/** Runs a program to its end. Returns its exit code and what it printed. */
export function run(command: string, args: string[], env: NodeJS.ProcessEnv, timeout = 240_000) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    execFile(command, args, { env, cwd: ROOT, timeout }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), output: stdout + stderr });
    });
  });
}

export interface RunningProgram {
  /** The next line it prints. Rejects once it has ended, with what it said of that. */
  nextLine: () => Promise<string>;
  stop: () => Promise<void>;
}

/** Starts a program that goes on until it is stopped. */
export function launch(command: string, args: string[], env: NodeJS.ProcessEnv): RunningProgram {
  const child: ChildProcess = spawn(command, args, { env, cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let errors = '';
  child.stderr!.on('data', (data) => (errors += data));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    async nextLine() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${command} ended: ${errors}`);
      return value;
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}
