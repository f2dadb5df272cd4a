import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { findChromium } from './chromium.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { startPostgres } from './postgres.mjs';
import { main, ROOT, say, SetupFault } from './steps.mjs';
import { findTemporal } from './temporal.mjs';

const FOLDER = join(ROOT, 'bench');
const require = createRequire(import.meta.url);

/** Runs a benchmark, prints its table, and sets exit code 1 when it misses a target. */
export function bench([name, size]) {
  return main(async () => {
    await ensureDependencies();
    require(join(FOLDER, 'support/typescript.cjs'));
    const benchmarks = loadAll();
    if (name === undefined) return list(benchmarks);
    const benchmark = benchmarks.get(name);
    if (!benchmark)
      throw new SetupFault(`There is no benchmark ${name}: ${[...benchmarks.keys()].join(', ')}.`);
    // Processes that a benchmark started are killed by exit handlers, which a signal alone does not run.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
    await ensureBuild();
    process.env.WAYHOOK_TEMPORAL_BINARY = await findTemporal();
    process.exitCode = (await withNeeds(benchmark, () => run(name, benchmark, size))) ? 0 : 1;
    // A benchmark that failed halfway may have left a connection open.
    process.exit();
  });
}

function loadAll() {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.ts'));
  return new Map(files.map((file) => [basename(file, '.ts'), require(join(FOLDER, file)).default]));
}

function list(benchmarks) {
  for (const [name, { summary }] of benchmarks) console.log(`npm run bench -- ${name.padEnd(14)} ${summary}`);
}

async function run(name, benchmark, size) {
  const { printTable } = require(join(FOLDER, 'support/table.ts'));
  const began = Date.now();
  const rows = await benchmark.run(size === undefined ? undefined : Number(size));
  printTable(`${name}: ${benchmark.summary}`, rows);
  say(`Took ${Math.round((Date.now() - began) / 1000)} s`);
  return rows.every((row) => row.reached);
}

/** Runs a task with what the benchmark needs: Postgres, the Temporal server and workflow bundle of the tests, Chromium. */
async function withNeeds({ needs = [] }, task) {
  const undo = [];
  try {
    if (needs.includes('postgres') && !process.env.DATABASE_URL) {
      const postgres = await startPostgres();
      undo.unshift(() => postgres.stop());
      process.env.DATABASE_URL = postgres.url;
    }
    if (needs.includes('browser')) process.env.WAYHOOK_CHROMIUM = await findChromium();
    if (needs.includes('engine')) {
      undo.unshift(require(join(ROOT, 'test/support/global-teardown.ts')).default);
      await require(join(ROOT, 'test/support/global-setup.ts')).default();
    }
    return await task();
  } finally {
    for (const step of undo) await step();
  }
}
