import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { createApp } from '../api/app';
import { TESTS_AT_ONCE } from '../api/webhooks/test-result';
import type { Config } from '../config';
import type { Database } from '../db/connection/client';
import type { OutboxItem } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import { startRetention } from '../background/retention';
import { JOB_KINDS } from '../background/job-kinds';
import { startJobs } from '../background/jobs';
import { startReconciler } from '../background/reconciler';
import type { RateLimits } from '../background/rate-limits';
import { startSchedules } from '../background/schedules';
import type { Temporal } from '../temporal/client';
import { ensureEnvironmentKey } from '../usecases/api-keys/environment-key';
import { createIdentityProvider } from '../identity/provider';
import { createAgent } from '../webhook/agent';
import { createSimulator } from '../simulation/simulator';
import { VERSION } from '../webhook/version';
import { type Running, Undo } from './process';
import { MIGRATIONS } from './store';
import { WORKFLOW_BUNDLE } from './worker';

/** The console, built beside this program; absent where the sources run as they are. */
const CONSOLE = [join(__dirname, '../console')].find((folder) => existsSync(join(folder, 'index.html')));

export interface ServerParts {
  db: Database;
  sealer: Sealer;
  temporal: Temporal;
  /** The dispatcher's: dispatches what was just accepted. Never throws. */
  enqueue: (item: OutboxItem) => void;
  rateLimits: RateLimits;
  config: Pick<
    Config,
    | 'port'
    | 'host'
    | 'url'
    | 'publicUrl'
    | 'trustedProxies'
    | 'apiKey'
    | 'inbox'
    | 'retentionDays'
    | 'auditDays'
    | 'temporalNamespace'
    | 'temporalUiUrl'
    | 'allowedNetworks'
    | 'allowHttp'
    | 'ownPorts'
    | 'maxRequests'
    | 'oidc'
  >;
  log: Logger;
}

/** Runs the API and the background tasks. `stop` first waits for the requests under way. */
export async function startServer(parts: ServerParts): Promise<Running> {
  const { db, sealer, temporal, enqueue, rateLimits, config, log } = parts;
  const undo = new Undo();
  const { apiKey } = config;
  const environmentKeyId = apiKey ? await ensureEnvironmentKey(db, apiKey) : undefined;
  undo.add(startReconciler({ db, enqueue, temporal, log }).stop);
  undo.add(
    startRetention({ db, log, retentionDays: config.retentionDays, auditDays: config.auditDays }).stop,
  );
  const jobs = startJobs({ db, log, enqueue, kinds: JOB_KINDS });
  undo.add(jobs.stop);
  const schedules = startSchedules({ db, schedules: temporal.schedules, log });
  undo.add(schedules.stop);
  const agent = createAgent(config, { connections: TESTS_AT_ONCE });
  undo.add(() => agent.close());
  const { maxRequests } = config;
  const simulator = createSimulator({
    ...{ migrations: MIGRATIONS, workflowBundle: WORKFLOW_BUNDLE, maxRequests },
  });
  undo.add(simulator.close);
  const app = createApp({
    db,
    environmentKeyId,
    sealer,
    agent,
    enqueue,
    ready: async () => ({ database: await isReady(db), temporal: await temporal.isReady() }),
    rateLimits: rateLimits.verdict,
    simulator,
    nudgeSchedules: schedules.nudge,
    nudgeJobs: jobs.nudge,
    temporalUi: { namespace: config.temporalNamespace, url: linkTo(config) },
    listening: config,
    logger: log,
    version: VERSION,
    consoleFolder: CONSOLE,
    inbox: config.inbox,
    oidc: config.oidc && createIdentityProvider(config.oidc),
  });
  undo.add(() => app.close());
  await app.listen({ port: config.port, host: config.host });
  return { stop: () => undo.run() };
}

async function isReady(db: Database): Promise<boolean> {
  try {
    await db.execute(sql`select 1`);
    return true;
  } catch {
    return false;
  }
}

function linkTo({ temporalUiUrl, temporalNamespace }: ServerParts['config']) {
  return (workflowId: string, runId: string | null): string | null => {
    if (!temporalUiUrl) return null;
    const path = ['namespaces', temporalNamespace, 'workflows', workflowId, ...(runId ? [runId] : [])];
    return `${temporalUiUrl.replace(/\/$/, '')}/${path.map(encodeURIComponent).join('/')}`;
  };
}
