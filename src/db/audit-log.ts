import { and, desc, eq, gte, lt, or, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Author, FieldChange } from '../domain/audit';
import type { Database } from './connection/client';
import { auditLog } from './schema';

export type AuditRow = typeof auditLog.$inferSelect;

export interface NewAuditRow {
  action: string;
  targetId: string | null;
  targetName: string | null;
  changes: FieldChange[];
}

/** Inserts rows of one author, in the transaction that makes the changes. */
export async function insertAuditRows(
  tx: Database,
  { actor, requestId }: Author,
  rows: NewAuditRow[],
): Promise<void> {
  const by = { actorType: actor.type, actorId: actor.id, actorName: actor.name, requestId };
  await tx.insert(auditLog).values(rows.map((row) => ({ ...row, ...by })));
}

/** Which rows are wanted; each text is matched as a whole. */
export interface AuditFilter {
  /** `key`, `key:3`, an id, or a name. */
  actor?: string;
  /** `webhook.update`, or `webhook` for everything that was done with webhooks. */
  action?: string;
  /** `webhook`, `webhook:7`, an id, or a name. */
  target?: string;
  since?: string;
}

/** Newest first: the rows before `before`. */
export function listAuditRows(
  db: Database,
  { actor, action, target, since }: AuditFilter,
  { before, limit }: { before?: number; limit: number },
): Promise<AuditRow[]> {
  return db
    .select()
    .from(auditLog)
    .where(
      and(
        actor === undefined ? undefined : isNamed(actor, auditLog.actorType, ACTOR_ID, auditLog.actorName),
        action === undefined ? undefined : or(eq(auditLog.action, action), eq(TARGET_TYPE, action)),
        target === undefined
          ? undefined
          : isNamed(target, TARGET_TYPE, auditLog.targetId, auditLog.targetName),
        since === undefined ? undefined : gte(auditLog.at, sql`${since}::timestamptz`),
        before === undefined ? undefined : lt(auditLog.id, before),
      ),
    )
    .orderBy(desc(auditLog.id))
    .limit(limit);
}

const ACTOR_ID = sql`${auditLog.actorId}::text`;
const TARGET_TYPE = sql`split_part(${auditLog.action}, '.', 1)`;

/** SQL: whether a text is the type, the id, the name, or type and id with a colon between. */
function isNamed(text: string, type: SQLWrapper, id: SQLWrapper, name: SQLWrapper): SQL {
  return sql`${text} in (${type}, ${id}, ${name}, ${type} || ':' || ${id})`;
}
