import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ANSWER_WITHIN_MS, ROOT, SetupFault, run, say } from './steps.mjs';

const OTHER_WAYS =
  'or put a temporal command with a new enough server on the PATH, ' +
  'or set TEMPORAL_ADDRESS to a running Temporal server.';

/** Builds the pinned Temporal CLI from Go modules to `target`. Returns true, or throws a SetupFault with the remedies. */
export async function buildTemporal(version, target) {
  if (spawnSync('go', ['version'], { timeout: ANSWER_WITHIN_MS }).status !== 0) {
    throw new SetupFault(
      `Temporal ${version} could not be downloaded, and there is no Go to build it with: install Go (https://go.dev/dl), ${OTHER_WAYS}`,
    );
  }
  say(`Building Temporal ${version} with Go (three to ten minutes, once on this machine)`);
  const { ok, output } = await run(
    'go',
    ['build', '-trimpath', '-ldflags', '-s -w', '-o', target, 'github.com/temporalio/cli/cmd/temporal'],
    { cwd: join(ROOT, 'tools/temporal'), env: { ...process.env, CGO_ENABLED: '0' } },
  );
  if (ok) return true;
  throw new SetupFault(
    `Temporal ${version} could not be built with Go: fix the errors above, ${OTHER_WAYS}`,
    output,
  );
}
