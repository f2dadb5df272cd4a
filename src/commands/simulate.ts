import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ConfigError } from '../config';
import { runProcess } from '../runtime/process';
import type { SimulationResult } from '../simulation/contract';
import { type Client, openClient } from './client';
import { differencesBetween } from './scenario-differences';

const USAGE = 'npm run simulate -- journey.json scenarios.json';

/** A scenario is a request to simulate, with a name, and what is expected of its user, or of each of them. */
const Scenario = z.looseObject({
  name: z.string(),
  expect: z.union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))]),
});
type Scenario = z.infer<typeof Scenario>;

/** Simulates a journey with each scenario, on a running Wayhook, and compares what is expected. */
runProcess(async ({ config }) => {
  const [journeyFile, scenariosFile] = filesOf(process.argv.slice(3));
  const journey = readFile(journeyFile);
  const { data: scenarios, error } = z.array(Scenario).min(1).safeParse(readFile(scenariosFile));
  if (error) {
    const { path, message } = error.issues[0]!;
    throw new ConfigError(
      `${scenariosFile} is no list of scenarios, each with name and expect: ${path.join('.')} ${message}`,
    );
  }
  return { ended: runAll(openClient(config), journey, scenarios) };
});

function filesOf(args: string[]): [journey: string, scenarios: string] {
  const { positionals } = parseArgs({ args, allowPositionals: true, strict: false });
  if (positionals.length !== 2) throw new ConfigError(`Name two files.\nUsage: ${USAGE}`);
  return positionals as [string, string];
}

function readFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

async function runAll(client: Client, journey: unknown, scenarios: Scenario[]): Promise<void> {
  let failed = 0;
  let uncovered: Set<string> | undefined;
  for (const { name, expect, ...scenario } of scenarios) {
    const result = await simulate(client, name, { journey, ...scenario });
    const differences = differencesOf(expect, result);
    failed += differences.length > 0 ? 1 : 0;
    console.log(`${differences.length === 0 ? '✓' : '✗'} ${name}`);
    for (const line of differences) console.log(`    ${line}`);
    const missed = new Set(result.uncovered);
    uncovered = new Set([...(uncovered ?? missed)].filter((tileId) => missed.has(tileId)));
  }
  if (uncovered!.size > 0) console.log(`No scenario reaches: ${[...uncovered!].join(', ')}`);
  if (failed > 0) throw new ConfigError(`${failed} of ${scenarios.length} scenarios differ.`);
}

async function simulate(client: Client, name: string, request: object): Promise<SimulationResult> {
  try {
    return await client.read<SimulationResult>('POST', '/api/journeys/simulate', {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`${name}: ${error.message}`) : error;
  }
}

/** Of one user, the paths need not name them. */
function differencesOf(expected: Scenario['expect'], { users }: SimulationResult): string[] {
  return Array.isArray(expected)
    ? differencesBetween(expected, users, 'users')
    : differencesBetween(expected, users[0]);
}
