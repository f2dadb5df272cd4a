import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SetupFault, run, say } from './steps.mjs';

const SOURCES = [
  ...['src', 'console/src', 'console/public', 'console/index.html', 'console/vite.config.ts'],
  ...['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/bundle.mjs'],
];
const DIST = join(ROOT, 'dist');

/** Compiles src/, bundles the workflow code and builds the console to dist/, unless dist/ is newer than every source. */
export async function ensureBuild() {
  if (isFresh()) return;
  say('Building dist/ from src/ and console/ (about a minute, only when sources have changed)');
  const startedAt = new Date();
  const fresh = join(ROOT, `dist-${process.pid}`);
  try {
    await tool('TypeScript', join(ROOT, 'node_modules/typescript/bin/tsc'), [
      '-p',
      'tsconfig.build.json',
      '--outDir',
      fresh,
    ]);
    await tool('The workflow code', join(ROOT, 'scripts/bundle.mjs'), [join(fresh, 'workflow-bundle.js')]);
    await tool('The console', join(ROOT, 'node_modules/vite/bin/vite.js'), [
      ...[
        'build',
        join(ROOT, 'console'),
        '--outDir',
        join(fresh, 'console'),
        '--emptyOutDir',
        '--logLevel',
        'warn',
        // Another build may be under way: each writes to a folder of its own.
        '--bypass-lock',
      ],
    ]);
    stamp(fresh, startedAt);
    // Another build of the same sources may have finished first, and its result may be running already.
    if (!isFresh()) replaceDist(fresh);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function isFresh() {
  const built = statSync(join(DIST, '.stamp'), { throwIfNoEntry: false })?.mtimeMs;
  return built !== undefined && SOURCES.every((source) => newest(join(ROOT, source)) < built);
}

/** The latest change under a path, in ms; a removed file changes its folder's time. */
function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** The stamp has the time at which the build began: sources edited during it are built the next time. */
function stamp(folder, time) {
  const file = join(folder, '.stamp');
  writeFileSync(file, '');
  utimesSync(file, time, time);
}

/** Replaces dist/ as a whole, so that a concurrent start never reads half of it. */
function replaceDist(fresh) {
  const old = `${fresh}-old`;
  try {
    if (existsSync(DIST)) renameSync(DIST, old);
    renameSync(fresh, DIST);
  } catch (error) {
    // Another build of the same sources put its dist/ in place between the two renames.
    if (!isFresh()) throw error;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

async function tool(name, script, args) {
  // Another NODE_ENV would put React's checks for developers into the console.
  const env = { ...process.env, NODE_ENV: 'production' };
  const { ok, output } = await run(process.execPath, [script, ...args], { cwd: ROOT, env });
  if (!ok)
    throw new SetupFault(`${name} does not build. Fix the errors above and run the command again.`, output);
}
