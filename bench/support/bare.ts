import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { environment, temporaryFolder } from './settings';

/** A process that runs bare one-activity workflows. */
export interface Bare {
  pid: number;
  /** Runs `count` workflows. Returns the ms from the first start until the last activity has run. */
  run: (count: number) => Promise<number>;
  /** The same of workflows that wait for a signal: from the first signal, once all of them wait. */
  runWaiting: (count: number) => Promise<number>;
  close: () => Promise<void>;
}

/** What its process is to run. */
export interface BareOrder {
  count: number;
  waiting: boolean;
}

export async function startBare(address: string): Promise<Bare> {
  const folder = temporaryFolder();
  const bundle = join(folder.path, 'bundle.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, 'bare-workflow.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(bundle, code);
  const child = fork(join(__dirname, 'bare-process.ts'), [address, bundle], {
    execArgv: ['-r', join(__dirname, 'typescript.cjs')],
    env: environment({}),
  });
  const exited = once(child, 'exit');
  await once(child, 'message');
  const ask = async (order: BareOrder): Promise<number> => {
    const done = once(child, 'message');
    child.send(order);
    const [ms] = (await done) as [number];
    return ms;
  };
  return {
    pid: child.pid!,
    run: (count) => ask({ count, waiting: false }),
    runWaiting: (count) => ask({ count, waiting: true }),
    async close() {
      child.kill('SIGKILL');
      await exited;
      folder.remove();
    },
  };
}
