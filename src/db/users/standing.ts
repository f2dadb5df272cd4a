import { asc, eq } from 'drizzle-orm';
import type { ConsentAction } from '../../domain/webhooks/inline-webhook';
import type { Database } from '../connection/client';
import { listUsers, splitBranches, userConsents } from '../schema';

/** What a user is and has said, besides the profile. */
export interface Standing {
  listIds: number[];
  consents: { category: string; action: ConsentAction }[];
  /** Of A/B splits. */
  branches: { key: string; branch: string }[];
}

export async function readStanding(db: Database, userId: number): Promise<Standing> {
  const memberships = await db
    .select({ listId: listUsers.listId })
    .from(listUsers)
    .where(eq(listUsers.userId, userId))
    .orderBy(asc(listUsers.listId));
  const consents = await db
    .select({ category: userConsents.category, action: userConsents.action })
    .from(userConsents)
    .where(eq(userConsents.userId, userId))
    .orderBy(asc(userConsents.category));
  const branches = await db
    .select({ key: splitBranches.key, branch: splitBranches.branch })
    .from(splitBranches)
    .where(eq(splitBranches.userId, userId))
    .orderBy(asc(splitBranches.key));
  return { listIds: memberships.map(({ listId }) => listId), consents, branches };
}
