import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ROOT, run, say } from './steps.mjs';

const TIMEOUT_MS = 300_000;
const PLATFORMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/**
 * Downloads the official release, checks it and unpacks it to `target`. Returns false when no archive for this machine is
 * pinned, or when the download fails, after printing why: there are other ways. $WAYHOOK_TEMPORAL_DOWNLOAD names a
 * mirror; if it is empty, nothing is downloaded.
 */
export async function downloadTemporal(version, target) {
  const base = process.env.WAYHOOK_TEMPORAL_DOWNLOAD ?? 'https://github.com/temporalio/cli/releases/download';
  if (!base) return false;
  const name = `temporal_cli_${version}_${PLATFORMS[process.platform]}_${ARCHITECTURES[process.arch]}.tar.gz`;
  const pinned = pinnedChecksums().get(name);
  if (pinned === undefined) {
    say(`Not downloading Temporal: tools/temporal/checksums.txt does not have ${name}. Trying another way`);
    return false;
  }
  say(`Downloading Temporal ${version} from ${new URL(base).host} (about 50 MB, once on this machine)`);
  try {
    const archive = join(dirname(target), 'archive');
    await fetchTo(archive, `${base}/v${version}/${name}`);
    const checksum = await checksumOf(archive);
    if (checksum !== pinned) throw new Error(`${name} has the SHA-256 ${checksum}, not the pinned ${pinned}`);
    // Each of these systems has a tar that reads it.
    const unpacked = await run('tar', ['-xf', archive, '-C', dirname(target)], { timeoutMs: TIMEOUT_MS });
    if (!unpacked.ok) throw new Error(`tar: ${unpacked.output.trim()}`);
    return true;
  } catch (error) {
    say(`Download failed: ${error.cause?.message ?? error.message}. Trying another way`);
    return false;
  }
}

/** The SHA-256 of each archive, by its name, from the file that the release itself has. */
function pinnedChecksums() {
  const lines = readFileSync(join(ROOT, 'tools/temporal/checksums.txt'), 'utf8').trim().split('\n');
  return new Map(lines.map((line) => line.split('  ').reverse()));
}

async function fetchTo(file, url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the answer was ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}

async function checksumOf(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
