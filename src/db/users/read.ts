import { inArray } from 'drizzle-orm';
import type { JudgedUser } from '../../domain/journeys/roots';
import type { Database } from '../connection/client';
import { users } from '../schema';

/** A user as conditions read them, with the id of their row. */
export interface StoredUser extends JudgedUser {
  id: number;
}

/** The users of these rows, in no order. */
export async function readUsers(db: Database, ids: number[]): Promise<StoredUser[]> {
  const { id, email, userId, dataFields, tags } = users;
  return db.select({ id, email, userId, dataFields, tags }).from(users).where(inArray(id, ids));
}
