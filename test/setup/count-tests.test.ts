import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runNode } from './script';

describe('the count of tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-count-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const result = (
    name: string,
    numPassedTests: number,
    numFailedTests: number,
    numRuntimeErrorTestSuites = 0,
  ) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify({ numPassedTests, numFailedTests, numRuntimeErrorTestSuites }));
    return file;
  };
  const count = (...files: string[]) => runNode(['scripts/count-tests.mjs', ...files]);

  it('sums up the suites', async () => {
    expect(await count(result('a', 3, 0), result('b', 4, 0))).toEqual({
      code: 0,
      output: '7 passed, 0 failed\n',
    });
  });

  it('fails with a failed test', async () => {
    expect(await count(result('a', 3, 1), result('b', 4, 0))).toEqual({
      code: 1,
      output: '7 passed, 1 failed\n',
    });
  });

  it('names the failed tests, and says why a file did not run', async () => {
    const file = join(folder, 'failures');
    const failures = [
      {
        name: join(process.cwd(), 'test/a.test.ts'),
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'works' },
          { status: 'failed', fullName: 'is broken' },
        ],
      },
      {
        name: join(process.cwd(), 'test/b.test.ts'),
        status: 'failed',
        message: 'no such module',
        assertionResults: [],
      },
    ];
    writeFileSync(
      file,
      JSON.stringify({
        numPassedTests: 1,
        numFailedTests: 1,
        numRuntimeErrorTestSuites: 1,
        testResults: failures,
      }),
    );
    expect(await count(file)).toEqual({
      code: 1,
      output:
        'Failed in test/a.test.ts:\n  is broken\nFailed in test/b.test.ts:\nno such module\n1 passed, 2 failed\n',
    });
  });

  it('counts a test file that did not run as failed', async () => {
    expect(await count(result('a', 3, 0, 1))).toEqual({ code: 1, output: '3 passed, 1 failed\n' });
  });

  it('fails when no test ran', async () => {
    expect(await count(result('a', 0, 0))).toEqual({ code: 1, output: '0 passed, 0 failed\n' });
  });

  it('fails when a suite left no result', async () => {
    const { code, output } = await count(result('a', 3, 0), join(folder, 'none'));
    expect(code).toBe(1);
    expect(output).toMatch(/^3 passed, 1 failed$/m);
  });
});
