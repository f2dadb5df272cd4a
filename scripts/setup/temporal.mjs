import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { ANSWER_WITHIN_MS, ROOT, say } from './steps.mjs';
import { buildTemporal } from './temporal-build.mjs';
import { downloadTemporal } from './temporal-download.mjs';

const EXE = process.platform === 'win32' ? '.exe' : '';

/** Whether the settings name no Temporal server, so that `npm start` has to run one. */
export function needsOwnTemporal() {
  return !process.env.TEMPORAL_ADDRESS && !process.env.TEMPORAL_PROFILE;
}

/**
 * The path of a Temporal CLI whose development server is new enough: in this order, from the user's cache, from the PATH,
 * downloaded, or built with Go. Finding it in the cache takes one stat call.
 */
export async function findTemporal() {
  const { cli, server } = pinnedVersions();
  const cached = join(cacheFolder(), 'temporal', cli, `temporal${EXE}`);
  if (existsSync(cached)) return cached;
  if (isNewEnough('temporal', server)) return 'temporal';
  const download = async (target) => (await downloadTemporal(cli, target)) && isNewEnough(target, server);
  return (await fill(cached, download)) ?? (await fill(cached, (target) => buildTemporal(cli, target)));
}

/** Writes the binary under a temporary name first: concurrent or interrupted set-ups leave no incomplete file. */
async function fill(cached, write) {
  const folder = `${dirname(cached)}.${process.pid}`;
  const fresh = join(folder, `temporal${EXE}`);
  mkdirSync(folder, { recursive: true });
  try {
    if (!(await write(fresh))) return undefined;
    mkdirSync(dirname(cached), { recursive: true });
    renameSync(fresh, cached);
    return cached;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the command runs, and its server is at least `least`, ignoring patch versions. */
function isNewEnough(command, least) {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', timeout: ANSWER_WITHIN_MS });
  const server = /Server (\d+\.\d+)/.exec(stdout ?? '')?.[1];
  if (server === undefined) return false;
  const [major, minor] = server.split('.').map(Number);
  const [leastMajor, leastMinor] = least.split('.').map(Number);
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  if (!enough) say(`Ignoring ${command}: its Temporal server ${server} is older than ${least}`);
  return enough;
}

/** The versions of the Temporal CLI and its server that tools/temporal/go.mod pins. */
function pinnedVersions() {
  const module = readFileSync(join(ROOT, 'tools/temporal/go.mod'), 'utf8');
  const versionOf = (name) => new RegExp(`${name} v(\\S+)`).exec(module)[1];
  return { cli: versionOf('github.com/temporalio/cli'), server: versionOf('go.temporal.io/server') };
}
