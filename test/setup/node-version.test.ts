import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from './script';

describe('the check of the Node version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-node-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs a script in a Node that reports another version. */
  function runAs(version: string, script: string) {
    const preload = join(folder, `${version}.cjs`);
    writeFileSync(preload, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
    return runNode(['--require', preload, `scripts/${script}.mjs`]);
  }

  it.each(['start', 'run', 'test', 'build'])('stops an old Node before %s does anything', async (script) => {
    const { code, output } = await runAs('18.20.4', script);
    expect(code).toBe(1);
    expect(output.trim()).toBe(
      'Wayhook needs Node 20.19 or newer, and this is Node 18.20.4. Install a newer Node (https://nodejs.org, or your version manager) and run the command again.',
    );
  });

  it.each([
    ['20.18.3', 1],
    ['20.19.0', 0],
    ['22.0.0', 0],
    ['24.1.0', 0],
  ])('given Node %s, ends with exit code %d', async (version, code) => {
    expect((await runAs(version, 'setup/node-version')).code).toBe(code);
  });
});
