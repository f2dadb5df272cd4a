import { newApiKey } from './db/api-keys';
import { narrowFiles, openDataFolder } from './local/data-folder';
import { installDemo } from './local/demo';
import { greeting } from './local/greeting';
import { loadOrCreateKey } from './local/keys';
import { lockFolder } from './local/lock';
import { openLocalStore } from './local/store';
import { connectLocalTemporal } from './local/temporal';
import { requireFree } from './runtime/ports';
import { installRuntime, runProcess } from './runtime/process';
import { startServer } from './runtime/server';
import { openTemporal } from './runtime/temporal';
import { startWorker } from './runtime/worker';
import { inviteFirst } from './usecases/people/welcome';

/*
 * Everything on one machine, in one process, with the bundled Temporal server and the embedded database unless the
 * settings name others. The greeting is for people, so the log shows only warnings by default.
 */
runProcess(
  async (starting) => {
    const { config, log, undo, stopping } = starting;
    openDataFolder(config.dataDir, log);
    const lock = await lockFolder(config.dataDir);
    undo.add(lock.release);
    await requireFree({ port: config.port, host: config.host, setting: 'PORT' });
    await installRuntime(config, log);
    const { innerPorts, ...link } = await connectLocalTemporal(starting);
    const { db, sealer } = await openLocalStore(starting);
    narrowFiles(config.dataDir);
    const { temporal, rateLimits, enqueue } = openTemporal(starting, { db, ...link, eagerStart: true });
    if (!config.temporal) await temporal.setRetention(config.retentionDays);
    const apiKey = config.apiKey ?? loadOrCreateKey(config.dataDir, 'api-key', newApiKey);
    await installDemo({ db, sealer }, config.port);

    // The server starts first, so the worker stops first: until then the inbox answers its requests.
    const parts = { db, sealer, enqueue, log };
    const guarded = { ...config, apiKey, ownPorts: [...config.ownPorts, ...innerPorts] };
    const server = await startServer({ ...parts, temporal, rateLimits, config: guarded });
    undo.add(server.stop);
    const worker = await startWorker({ ...parts, ...link, config: guarded });
    undo.add(worker.stop);
    void rateLimits.check(stopping);
    console.log(greeting(config, await inviteFirst(db)));
    return { ended: worker.ended };
  },
  { WAYHOOK_LOG_LEVEL: 'warn' },
);
