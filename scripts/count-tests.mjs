/*
 * node scripts/count-tests.mjs FILE…: sums up the results that jest wrote with --json and prints one line,
 * "N passed, N failed", after the names of the failed tests. A test file that did not run counts as a failed test. Exit
 * code 1 if anything failed, if no test ran, or if a result is missing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const runs = process.argv.slice(2).map((file) => {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  console.error(`${file} is missing: that suite ended before it could write its results.`);
  return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
});
for (const { testResults = [] } of runs) {
  for (const { name, message, assertionResults } of testResults.filter(({ status }) => status === 'failed')) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const lines = failed.map(({ fullName }) => `  ${fullName}`);
    console.error([`Failed in ${relative('.', name)}:`, ...(lines.length ? lines : [message])].join('\n'));
  }
}

const sum = (field) => runs.reduce((total, run) => total + run[field], 0);

const passed = sum('numPassedTests');
const failed = sum('numFailedTests') + sum('numRuntimeErrorTestSuites');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
