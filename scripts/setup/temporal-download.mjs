import { createWriteStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run, say } from './steps.mjs';

const TIMEOUT_MS = 300_000;
const PLATFORMS = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const ARCHITECTURES = { x64: 'amd64', arm64: 'arm64' };

/**
 * Downloads and unpacks the official release to `target`. Returns false when there is none for this machine, or when the
 * download fails, after printing why: there are other ways. $WAYHOOK_TEMPORAL_DOWNLOAD names a mirror; if it is empty,
 * nothing is downloaded.
 */
export async function downloadTemporal(version, target) {
  const base = process.env.WAYHOOK_TEMPORAL_DOWNLOAD ?? 'https://temporal.download/cli/archive';
  const platform = PLATFORMS[process.platform];
  const arch = ARCHITECTURES[process.arch];
  if (!base || !platform || !arch) return false;
  say(`Downloading Temporal ${version} from ${new URL(base).host} (about 50 MB, once on this machine)`);
  try {
    const archive = join(dirname(target), 'archive');
    await fetchTo(archive, `${base}/v${version}?platform=${platform}&arch=${arch}`);
    // Each of these systems has a tar that reads the archive published for it.
    const unpacked = await run('tar', ['-xf', archive, '-C', dirname(target)], { timeoutMs: TIMEOUT_MS });
    if (!unpacked.ok) throw new Error(`tar: ${unpacked.output.trim()}`);
    return true;
  } catch (error) {
    say(`Download failed: ${error.cause?.message ?? error.message}. Trying another way`);
    return false;
  }
}

async function fetchTo(file, url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the answer was ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
}
