import { parseArgs } from 'node:util';
import { ConfigError } from '../config';
import { runProcess } from '../runtime/process';
import { openClient } from './client';
import { readScenarios, runScenarios } from './scenarios';

const USAGE = 'npm run simulate -- journey.json scenarios.json';

/** Simulates a journey with each scenario, on a running Wayhook, and compares what is expected. */
runProcess(async ({ config }) => {
  const [journeyFile, scenariosFile] = filesOf(process.argv.slice(3));
  const given = readScenarios(journeyFile, scenariosFile);
  return { ended: runScenarios(openClient(config), given, (line) => console.log(line)) };
});

function filesOf(args: string[]): [journey: string, scenarios: string] {
  const { positionals } = parseArgs({ args, allowPositionals: true, strict: false });
  if (positionals.length !== 2) throw new ConfigError(`Name two files.\nUsage: ${USAGE}`);
  return positionals as [string, string];
}
