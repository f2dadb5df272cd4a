import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, runNode } from './script';

/** Three builds take minutes on a slow machine. */
jest.setTimeout(900_000);

describe('the build', () => {
  const clone = mkdtempSync(join(tmpdir(), 'wayhook-clone-'));
  const write = (file: string, text: string) => writeFileSync(join(clone, file), text);
  const start = () =>
    runNode([join(clone, 'scripts/start.mjs')], { PATH: process.env.PATH, TEMPORAL_ADDRESS: 'unused' });

  beforeAll(() => {
    for (const name of [
      'scripts',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
    ]) {
      cpSync(join(ROOT, name), join(clone, name), { recursive: true, preserveTimestamps: true });
    }
    cpSync(join(ROOT, 'tools'), join(clone, 'tools'), { recursive: true });
    cpSync(join(ROOT, 'src/temporal/dev-server.ts'), join(clone, 'src/workflows/index.ts'));
    for (const name of ['console/vite.config.ts', 'console/package.json']) {
      cpSync(join(ROOT, name), join(clone, name), { preserveTimestamps: true });
    }
    for (const name of ['console/src/pages', 'console/public', 'src/temporal'])
      mkdirSync(join(clone, name), { recursive: true });
    write('src/temporal/payload-converter.ts', 'export {};');
    write('console/index.html', '<p>The console</p>');
    for (const name of ['node_modules', 'console/node_modules']) {
      if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(clone, name));
    }
    write('src/main.ts', 'console.log("first");');
  });
  afterAll(() => rmSync(clone, { recursive: true }));

  it('runs only when sources have changed', async () => {
    const fresh = await start();
    expect(fresh).toEqual({ code: 0, output: expect.stringMatching(/^• Building dist.*\nfirst\n$/) });
    expect(readFileSync(join(clone, 'dist/workflow-bundle.js'), 'utf8')).toContain('devServerArguments');
    expect(readFileSync(join(clone, 'dist/console/index.html'), 'utf8')).toContain('The console');

    expect(await start()).toEqual({ code: 0, output: 'first\n' });

    write('src/main.ts', 'console.log("second");');
    write('src/more.ts', 'export const more = 1;');
    expect((await start()).output).toMatch(/Building dist.*\nsecond\n$/);

    rmSync(join(clone, 'src/more.ts'));
    expect((await start()).output).toMatch(/Building dist.*\nsecond\n$/);
    expect(existsSync(join(clone, 'dist/more.js'))).toBe(false);
  });

  it('shows what does not compile, leaves dist/ as it was, and ends with exit code 1', async () => {
    write('src/main.ts', 'const count: number = "three";');
    const { code, output } = await start();
    expect(code).toBe(1);
    expect(output).toMatch(/src\/main\.ts.*TS2322[^]*✗ TypeScript does not build/);
    expect(readFileSync(join(clone, 'dist/main.js'), 'utf8')).toContain('second');
  });

  it('is skipped where there is no src/, as in an image', async () => {
    for (const name of ['src', 'tools', 'node_modules', 'console'])
      rmSync(join(clone, name), { recursive: true });
    writeFileSync(join(clone, 'dist/worker.js'), 'console.log("worker runs");');
    expect(await runNode([join(clone, 'scripts/run.mjs'), 'worker'])).toEqual({
      code: 0,
      output: 'worker runs\n',
    });
  });
});
