import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AppDeps } from '../../../src/api/deps';
import type { Role } from '../../../src/domain/people/person';
import { type ApiWorld, createApiWorld } from '../../support/api-world';
import { accessibilityFaults, type Browser, misalignedCells, NARROW, openBrowser, WIDE } from './browser';

const ROOT = join(__dirname, '../../..');

export interface ConsoleWorld extends ApiWorld, Browser {
  /** Where it is served, without a slash at the end. */
  url: string;
}

/** Builds the console alone, at once where its sources were built before. Returns its folder. */
export async function builtConsole(): Promise<string> {
  const console = join(ROOT, 'console');
  const sources = ['src', 'public'].flatMap((name) => filesIn(join(console, name)));
  sources.push(...['index.html', 'vite.config.ts', 'package.json'].map((name) => join(console, name)));
  const hash = createHash('sha256');
  for (const source of sources.sort()) hash.update(`${source} ${statSync(source).mtimeMs}\n`);
  const folder = join(tmpdir(), `wayhook-console-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}-${process.pid}`;
  const vite = [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', console, '--outDir', fresh];
  // Another test may build the same meanwhile.
  const options = ['--emptyOutDir', '--logLevel', 'warn', '--bypass-lock'];
  // Jest's own NODE_ENV would put React's checks for developers into the bundle.
  const env = { ...process.env, NODE_ENV: 'production' };
  await promisify(execFile)(process.execPath, [...vite, ...options], { env });
  try {
    renameSync(fresh, folder);
  } catch {
    // It was faster.
    rmSync(fresh, { recursive: true });
  }
  return folder;
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

/** Signs the browser in, as somebody new of this role. Returns who it is. */
export async function signIn(
  world: ConsoleWorld,
  role: Role = 'admin',
): Promise<{ id: number; email: string }> {
  const { body: people } = await world.call('GET', '/api/people');
  const email = `${role}${people.people.length}@example.com`;
  const person = (await world.call('POST', '/api/people', { email, name: `Their ${role}`, role })).body;
  const { link } = (await world.call('POST', `/api/people/${person.id}/invite`)).body;
  await world.context.clearCookies();
  await world.page.goto(new URL(link).pathname + new URL(link).hash);
  await world.page.getByLabel('Password').fill('a compiler is a translator');
  await world.page.keyboard.press('Enter');
  await world.page.getByRole('navigation', { name: 'Main' }).waitFor();
  return { id: person.id, email };
}

/** That everybody can use what the page shows now, and heads stand over their columns: in both themes and at both widths. */
export async function expectAccessible({ page }: Browser, state: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const size of [NARROW, WIDE]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(size);
      const faults = [...(await accessibilityFaults(page)), ...(await misalignedCells(page))];
      expect([state, colorScheme, size.width, faults]).toEqual([state, colorScheme, size.width, []]);
    }
  }
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
