import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runNode } from './script';

it('set-up does not touch a linked node_modules, however new the lock file is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-linked-'));
  cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
  mkdirSync(join(folder, 'elsewhere'));
  writeFileSync(join(folder, 'elsewhere/kept'), '');
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  const module = pathToFileURL(join(folder, 'scripts/setup/dependencies.mjs')).href;
  const code = `import(${JSON.stringify(module)}).then(({ ensureDependencies }) => ensureDependencies())`;
  expect(await runNode(['-e', code])).toEqual({ code: 0, output: '' });
  expect(readdirSync(join(folder, 'elsewhere'))).toEqual(['kept']);
  rmSync(folder, { recursive: true });
});
