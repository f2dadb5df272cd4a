import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ConfigError } from '../config';
import { pathText } from '../domain/errors';
import { wordsOfType } from '../domain/words-of-types';
import type { SimulationResult } from '../simulation/contract';
import type { Client } from './client';
import { differencesBetween } from './scenario-differences';

const Expected = z.record(z.string(), z.unknown());

/** A scenario is a request to simulate, with a name, and what is expected of its user, or of each of them. */
const Scenario = z.looseObject({
  name: z.string('A scenario has a name. Add one, such as "buys nothing".'),
  users: z.array(z.unknown(), 'A scenario has a list of users, such as [{"email": "ada@example.com"}].'),
  expect: z.union(
    [Expected, z.array(Expected)],
    'What is expected is an object, such as {"outcome": "completed"}, or a list with one for each user.',
  ),
});
type Scenario = z.infer<typeof Scenario>;

/** What the two files have. */
export interface Scenarios {
  journey: unknown;
  scenarios: Scenario[];
  scenariosFile: string;
}

/** Throws a ConfigError that names the file and the place. */
export function readScenarios(journeyFile: string, scenariosFile: string): Scenarios {
  const journey = readFile(journeyFile);
  const read = z
    .array(
      Scenario,
      'This is no list of scenarios. Write one in brackets: [{"name": …, "users": […], "expect": {…}}].',
    )
    .min(1, 'The list has no scenario. Add one.')
    .safeParse(readFile(scenariosFile), { error: wordsOfType });
  const [issue] = read.error?.issues ?? [];
  if (issue) throw faultIn(scenariosFile, pathText(issue.path), issue.message);
  const scenarios = read.data!;
  for (const [index, { users, expect }] of scenarios.entries()) {
    const expected = [expect].flat();
    const place = `[${index}].expect`;
    if (expected.length !== users.length) {
      const message = `There are ${users.length} users. Let expect be a list with an item for each.`;
      throw faultIn(scenariosFile, place, message);
    }
    // Else the scenario could not fail, whatever the journey does.
    if (expected.every((one) => Object.keys(one).length === 0)) {
      throw faultIn(scenariosFile, place, 'Nothing is expected. Name the outcome, the path or the requests.');
    }
  }
  return { journey, scenarios, scenariosFile };
}

function faultIn(file: string, path: string, message: string): ConfigError {
  return new ConfigError(path === '' ? `${file}: ${message}` : `${file}, ${path}: ${message}`);
}

function readFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Prints what differs. Throws a ConfigError when anything does, or a scenario is refused. */
export async function runScenarios(
  client: Client,
  { journey, scenarios, scenariosFile }: Scenarios,
  print: (line: string) => void,
): Promise<void> {
  let failed = 0;
  const results: SimulationResult[] = [];
  for (const [index, { name, expect, ...scenario }] of scenarios.entries()) {
    const place = `${scenariosFile}, [${index}] “${name}”`;
    const result = await simulate(client, place, { journey, ...scenario });
    const differences = differencesOf(expect, result);
    failed += differences.length > 0 ? 1 : 0;
    print(`${differences.length === 0 ? '✓' : '✗'} ${name}`);
    for (const line of differences) print(`    ${line}`);
    results.push(result);
  }
  gapsOf(results).forEach(print);
  if (failed > 0) throw new ConfigError(`${failed} of ${countOf(scenarios)} differ.`);
  print(`${countOf(scenarios)}, as expected.`);
}

function countOf({ length }: Scenario[]): string {
  return length === 1 ? '1 scenario' : `${length} scenarios`;
}

async function simulate(client: Client, place: string, request: object): Promise<SimulationResult> {
  try {
    return await client.read<SimulationResult>('POST', '/api/journeys/simulate', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`${place}: ${error.message}`) : error;
  }
}

/** Of one user, the paths need not name them. */
function differencesOf(expected: Scenario['expect'], { users }: SimulationResult): string[] {
  return Array.isArray(expected)
    ? differencesBetween(expected, users, 'users')
    : differencesBetween(expected, users[0]);
}

/** The tiles that no scenario reaches, and the ways that none takes of those that are reached. */
function gapsOf(results: SimulationResult[]): string[] {
  const [first, ...others] = results;
  const uncovered = first!.uncovered.filter((id) => others.every((other) => other.uncovered.includes(id)));
  const untaken = first!.untaken.filter(
    ({ tileId, way }) =>
      !uncovered.includes(tileId) &&
      others.every((other) => other.untaken.some((one) => one.tileId === tileId && one.way === way)),
  );
  return [
    ...(uncovered.length === 0 ? [] : [`No scenario reaches: ${uncovered.join(', ')}`]),
    ...(untaken.length === 0
      ? []
      : [`No scenario takes: ${untaken.map(({ tileId, way }) => `${tileId} → ${way}`).join(', ')}`]),
  ];
}
