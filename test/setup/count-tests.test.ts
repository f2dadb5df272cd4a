import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from './script';

const folder = mkdtempSync(join(tmpdir(), 'wayhook-count-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Tests = Record<string, 'passed' | 'failed' | 'pending'>;

/** What jest writes of a run: for each file its tests, or why it did not run. */
function written(name: string, files: Record<string, Tests | string>): string {
  const testResults = Object.entries(files).map(([test, outcome]) => {
    const tests = typeof outcome === 'string' ? {} : outcome;
    const failed = typeof outcome === 'string' || Object.values(tests).includes('failed');
    return {
      name: join(process.cwd(), test),
      status: failed ? 'failed' : 'passed',
      message: typeof outcome === 'string' ? outcome : '',
      assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
    };
  });
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ testResults }));
  return file;
}

const sum = (...files: string[]) => runNode(['scripts/count-tests.mjs', 'sum', ...files]);
const one = { 'test/a.test.ts': { works: 'passed', waits: 'pending', counts: 'passed' } } as const;
const two = { 'test/b.test.ts': { reads: 'passed' } } as const;
const broken = { 'test/b.test.ts': { reads: 'failed', writes: 'passed' } } as const;

describe('the sum of suites', () => {
  it('counts what passed', async () => {
    const output = '3 passed, 0 failed\n';
    expect(await sum(written('a', one), written('b', two))).toEqual({ code: 0, output });
  });

  it('fails with a failed test, which it names', async () => {
    const output = 'Failed in test/b.test.ts:\n  reads\n3 passed, 1 failed\n';
    expect(await sum(written('a', one), written('b', broken))).toEqual({ code: 1, output });
  });

  it('counts a test file that did not run as failed, and says why', async () => {
    const output = 'Failed in test/c.test.ts:\nno such module\n2 passed, 1 failed\n';
    expect(await sum(written('a', { ...one, 'test/c.test.ts': 'no such module' }))).toEqual({
      code: 1,
      output,
    });
  });

  it('fails when no test ran', async () => {
    expect(await sum(written('a', {}))).toEqual({ code: 1, output: '0 passed, 0 failed\n' });
  });

  it('fails when a suite left no result', async () => {
    const { code, output } = await sum(written('a', one), join(folder, 'none'));
    expect(code).toBe(1);
    expect(output).toMatch(/ended before it could write[^]*^2 passed, 1 failed$/m);
  });

  it('lets a file that passes alone count as passed, and lists it as unsteady', async () => {
    const again = written('again', { 'test/b.test.ts': { reads: 'passed', writes: 'passed' } });
    const output = 'Unsteady, passed alone: test/b.test.ts:\n  reads\n4 passed, 0 failed\n';
    expect(await sum(`${written('all', { ...one, ...broken })},${again}`)).toEqual({ code: 0, output });
  });

  it('fails with a file that fails alone as well', async () => {
    const again = written('again', broken);
    const output = 'Failed in test/b.test.ts:\n  reads\n3 passed, 1 failed\n';
    expect(await sum(`${written('all', { ...one, ...broken })},${again}`)).toEqual({ code: 1, output });
  });

  it('fails with a failed file whose second run left no result', async () => {
    const { code, output } = await sum(`${written('all', { ...one, ...broken })},${join(folder, 'none')}`);
    expect(code).toBe(1);
    expect(output).toMatch(/^Failed in test\/b[^]*ended before it could write[^]*^3 passed, 2 failed$/m);
  });
});

describe('the failed files of a run', () => {
  it('are listed by their paths, one a line', async () => {
    const file = written('some', { ...one, ...broken, 'test/c.test.ts': 'no such module' });
    const paths = ['test/b.test.ts', 'test/c.test.ts'].map((path) => `${join(process.cwd(), path)}\n`);
    expect(await runNode(['scripts/count-tests.mjs', 'failed', file])).toEqual({
      code: 0,
      output: paths.join(''),
    });
  });
});
