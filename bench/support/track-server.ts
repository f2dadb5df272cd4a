import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Api, openApi } from './api';
import { API_KEY, environment, temporaryFolder } from './settings';

/** The API without a dispatcher, and a bare server, in one process of their own. */
export interface TrackServer {
  api: Api;
  bare: Api;
  close: () => Promise<void>;
}

/** On the empty Postgres database at `url`, or on an embedded database. */
export async function startTrackServer(url?: string): Promise<TrackServer> {
  const folder = temporaryFolder();
  const child = fork(join(__dirname, 'track-process.ts'), [folder.path, API_KEY, ...(url ? [url] : [])], {
    execArgv: ['-r', join(__dirname, 'typescript.cjs')],
    env: environment({}),
  });
  const exited = once(child, 'exit');
  const failed = exited.then(() => Promise.reject(new Error('The process to measure did not start.')));
  const [ports] = (await Promise.race([once(child, 'message'), failed])) as [{ api: number; bare: number }];
  const [api, bare] = [ports.api, ports.bare].map((port) => openApi(`http://127.0.0.1:${port}`, API_KEY));
  return {
    api: api!,
    bare: bare!,
    async close() {
      await Promise.all([api!.close(), bare!.close()]);
      child.kill('SIGKILL');
      await exited;
      folder.remove();
    },
  };
}
