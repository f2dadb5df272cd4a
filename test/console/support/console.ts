import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AppDeps } from '../../../src/api/deps';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { type Browser, openBrowser } from './browser';

const ROOT = join(__dirname, '../../..');

export interface ConsoleWorld extends ApiWorld, Browser {
  /** Where it is served, without a slash at the end. */
  url: string;
}

/** Builds the console, as `npm start` does, at once when nothing has changed. Returns its folder. */
export async function builtConsole(): Promise<string> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT });
  return join(ROOT, 'dist/console');
}

/** The API and the built console on a port of their own, and a browser that looks at it. */
export async function openConsole(changes: Partial<AppDeps> = {}): Promise<ConsoleWorld> {
  const world = await createApiWorld({ consoleFolder: await builtConsole(), ...changes });
  const url = await world.app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await openBrowser(url);
  return {
    ...{ ...world, ...browser, url },
    close: async () => {
      await browser.close();
      await world.close();
    },
  };
}
