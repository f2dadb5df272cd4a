import { z } from 'zod';
import { type AuditRow, listAuditRows } from '../../db/audit-log';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { Instant, TextInQuery, Time } from '../http/schemas';

const Change = z
  .object({
    id: z.int(),
    at: Time,
    actor: z.object({
      type: z.string().describe('`key`, `person` or `system`.'),
      id: z.int().nullable(),
      name: z.string(),
    }),
    action: z.string(),
    target: z.object({
      type: z.string(),
      id: z.union([z.int(), z.string()]).nullable(),
      name: z.string().nullable(),
    }),
    changes: z.array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() })),
    requestId: z.string().nullable().describe('The id of the request in the log.'),
  })
  .describe('What somebody did, without secrets and personal data.');

const Filter = {
  actor: TextInQuery.optional().describe('`key`, `key:3`, an id, or a name.'),
  action: TextInQuery.optional().describe('`webhook.update`, or `webhook` for all actions on webhooks.'),
  target: TextInQuery.optional().describe('`webhook`, `webhook:7`, an id, or a name.'),
  since: Instant.optional(),
};

/** Who changed what. */
export function auditLogRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/auditLog',
    config: { scope: 'admin' },
    schema: {
      operationId: 'listAuditLog',
      summary: 'List changes in the audit log',
      tags: ['Audit log'],
      querystring: z.strictObject({ ...Filter, ...PAGE }),
      response: { 200: z.object({ changes: z.array(Change), ...NEXT_PAGE }), ...ERRORS },
    },
    handler: async ({ query }) => {
      const { rows, ...next } = await readPage(query, {
        key: z.int().min(0),
        keyOf: (row: AuditRow) => row.id,
        read: (limit, before) => listAuditRows(db, query, { before, limit }),
      });
      return { changes: rows.map(changeOf), ...next };
    },
  });
}

function changeOf(row: AuditRow): z.infer<typeof Change> {
  const { id, at, action, changes, requestId } = row;
  return {
    id,
    at: at.toISOString(),
    actor: { type: row.actorType, id: row.actorId, name: row.actorName },
    action,
    target: { type: action.split('.')[0]!, id: idOf(row.targetId), name: row.targetName },
    changes,
    requestId,
  };
}

/** Ids of journeys, webhooks and the like are numbers; those of entries and deliveries are texts. */
function idOf(text: string | null): string | number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : text;
}
