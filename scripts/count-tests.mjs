/*
 * node scripts/count-tests.mjs failed FILE: prints the test files that failed in the results that jest wrote with --json,
 * one a line.
 *
 * node scripts/count-tests.mjs sum FILE[,AGAIN…]…: sums up the results of suites and prints one line, "N passed, N
 * failed", after the names of the failed tests. AGAIN has the results of a file that ran once more, alone, and counts
 * instead of the first; a file that passed only then is listed as unsteady. A test file that did not run counts as a
 * failed test. Exit code 1 if anything failed, if no test ran, or if a result is missing.
 */
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [command, ...suites] = process.argv.slice(2);

/** The results of the test files of one run, by their names. */
function readResults(file) {
  if (!existsSync(file)) {
    const message = 'That suite ended before it could write its results.';
    return new Map([[file, { name: file, status: 'failed', message, assertionResults: [] }]]);
  }
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(testResults.map((result) => [result.name, result]));
}

const hasFailed = ({ status }) => status === 'failed';

if (command === 'failed') {
  for (const [name, result] of readResults(suites[0])) if (hasFailed(result)) console.log(name);
} else {
  const unsteady = [];
  const results = suites.flatMap((files) => {
    const [first, ...again] = files.split(',').map(readResults);
    for (const [name, result] of again.flatMap((run) => [...run])) {
      const before = first.get(name);
      if (before && hasFailed(before) && !hasFailed(result)) unsteady.push(before);
      first.set(name, result);
    }
    return [...first.values()];
  });

  const tell = (title, { name, message, assertionResults }) => {
    const lines = assertionResults.filter(hasFailed).map(({ fullName }) => `  ${fullName}`);
    console.error([`${title} ${relative('.', name)}:`, ...(lines.length ? lines : [message])].join('\n'));
  };
  for (const result of results.filter(hasFailed)) tell('Failed in', result);
  for (const result of unsteady) tell('Unsteady, passed alone:', result);

  const count = (status) =>
    results.flatMap(({ assertionResults }) => assertionResults).filter((test) => test.status === status)
      .length;
  const broken = results.filter(
    (result) => hasFailed(result) && !result.assertionResults.some(hasFailed),
  ).length;
  const [passed, failed] = [count('passed'), count('failed') + broken];
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
