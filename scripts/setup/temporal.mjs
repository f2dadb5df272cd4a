import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.mjs';
import { ANSWER_WITHIN_MS, ROOT, say } from './steps.mjs';
import { buildTemporal } from './temporal-build.mjs';
import { downloadTemporal } from './temporal-download.mjs';

const EXE = process.platform === 'win32' ? '.exe' : '';

/** Whether the settings name no Temporal server that runs elsewhere, so that one has to be brought. */
export function needsOwnTemporal() {
  return !process.env.TEMPORAL_ADDRESS && !process.env.TEMPORAL_PROFILE;
}

/**
 * The path of a Temporal CLI whose development server is new enough. Looks for it, in this order: in the
 * user's cache, on the PATH, on the official download page; at last builds it with Go. One stat call once it
 * lies in the cache.
 */
export async function findTemporal() {
  const { cli, server } = pinnedVersions();
  const cached = join(cacheFolder(), 'temporal', cli, `temporal${EXE}`);
  if (existsSync(cached)) return cached;
  if (isNewEnough('temporal', server)) return 'temporal';
  const download = async (target) => (await downloadTemporal(cli, target)) && isNewEnough(target, server);
  return (await fill(cached, download)) ?? (await fill(cached, (target) => buildTemporal(cli, target)));
}

/** Brings the binary to a name of its own first: two set-ups at once, or one cut short, leave no half file. */
async function fill(cached, bring) {
  const folder = `${dirname(cached)}.${process.pid}`;
  const fresh = join(folder, `temporal${EXE}`);
  mkdirSync(folder, { recursive: true });
  try {
    if (!(await bring(fresh))) return undefined;
    mkdirSync(dirname(cached), { recursive: true });
    renameSync(fresh, cached);
    return cached;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether the command runs, and the server it bundles is not older than `least`, patches aside. */
function isNewEnough(command, least) {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', timeout: ANSWER_WITHIN_MS });
  const server = /Server (\d+\.\d+)/.exec(stdout ?? '')?.[1];
  if (server === undefined) return false;
  const [major, minor] = server.split('.').map(Number);
  const [leastMajor, leastMinor] = least.split('.').map(Number);
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  if (!enough) say(`Passing over ${command}: its Temporal server ${server} is older than ${least}`);
  return enough;
}

/** The versions of the Temporal CLI and of the server in it, as the Go module for the build pins them. */
function pinnedVersions() {
  const module = readFileSync(join(ROOT, 'tools/temporal/go.mod'), 'utf8');
  const versionOf = (name) => new RegExp(`${name} v(\\S+)`).exec(module)[1];
  return { cli: versionOf('github.com/temporalio/cli'), server: versionOf('go.temporal.io/server') };
}
