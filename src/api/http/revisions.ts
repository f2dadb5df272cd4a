import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listAuditRows } from '../../db/audit-log';
import type { Database } from '../../db/connection/client';
import { lockRevision, type Revision, type Revisioned } from '../../db/revisions';
import { ApiError } from '../../domain/errors';
import type { AppDeps } from '../deps';
import { transactWith } from './bound-deps';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set where the answer has a revision, or the call changes what has one: then it may be asked to look first. */
    revision?: 'answered' | 'checked';
  }
}

const HEADER = 'if-match';

const TAG = '(W/)?"[\\x21\\x23-\\x7e]*"';

const IfMatch = z.looseObject({
  [HEADER]: z
    .string()
    .regex(
      new RegExp(`^(\\*|${TAG}([ \\t]*,[ \\t]*${TAG})*)$`),
      'Send the ETag of a read as it came, in its quotes: "4". Or send *.',
    )
    .optional()
    .describe('The ETag of a read: the call is refused (412) if there was a change since.'),
});

/** Routes that are added to `app` from here on answer an ETag, and take If-Match, as their `config.revision` says. */
export function registerRevisions(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const revision = route.config?.revision;
    if (revision === undefined) return;
    route.onSend = [route.onSend ?? []].flat().concat(addETag);
    if (revision === 'answered') return;
    const headers = (route.schema?.headers ?? z.looseObject({})) as typeof IfMatch;
    route.schema = { ...route.schema, headers: headers.extend(IfMatch.shape) };
  });
}

async function addETag(_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
  if (reply.statusCode >= 300 || typeof payload !== 'string') return;
  const { revision } = JSON.parse(payload) as { revision?: number };
  if (revision !== undefined) reply.header('etag', `"${revision}"`);
}

/**
 * Runs a change, unless the request has an `If-Match` that does not name the revision that the row has now (RFC 9110,
 * 13.1.1): then it throws `Stale`. The row stays locked until the change is committed.
 */
export function ifUnchanged<Deps extends AppDeps, Answer>(
  deps: Deps,
  { headers }: FastifyRequest,
  [table, id]: [Revisioned, number],
  change: (own: Deps) => Promise<Answer>,
): Promise<Answer> {
  const wanted = headers[HEADER];
  // Of what there is none, `change` says so.
  if (wanted === undefined || wanted === '*') return change(deps);
  return transactWith(deps, async (own) => {
    const current = await lockRevision(own.db, table, id);
    const tags = tagsOf(wanted);
    if (current && !tags.includes(`"${current.revision}"`)) {
      throw new ApiError(
        'Stale',
        `Somebody changed it meanwhile: it has revision ${current.revision} now. Read it again, then repeat your change on that.`,
        { ...current, changes: await changesSince(own.db, [table, id], current, tags) },
      );
    }
    return change(own);
  });
}

const TARGETS: Record<Revisioned, string> = {
  webhooks: 'webhook',
  event_webhooks: 'eventWebhook',
  journeys: 'journey',
  people: 'person',
};

const MOST_ROWS = 20;

/** Who changed what since the newest revision that the caller knows, newest first. Each write is one change. */
async function changesSince(
  db: Database,
  [table, id]: [Revisioned, number],
  { revision }: Revision,
  tags: string[],
) {
  const known = Math.max(0, ...tags.map((tag) => Number(/^"(\d{1,9})"$/.exec(tag)?.[1] ?? 0)));
  const rows = await listAuditRows(db, { target: `${TARGETS[table]}:${id}` }, { limit: MOST_ROWS });
  const writes = rows.filter(
    ({ action }) => !/\.(?:test|rotateSecret|triggerList|invite|setPassword)$/.test(action),
  );
  return writes
    .slice(0, Math.max(0, revision - known))
    .map(({ at, actorType, actorId, actorName, action, changes }) => ({
      at: at.toISOString(),
      actor: { type: actorType, id: actorId, name: actorName },
      action,
      changes,
    }));
}

/** A weak tag keeps its `W/`, so that it is no revision's: it says only that two answers mean the same. */
function tagsOf(header: string): string[] {
  return header.match(new RegExp(TAG, 'g')) ?? [];
}
