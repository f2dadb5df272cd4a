import { sql } from 'drizzle-orm';
import type { Identity } from '../../domain/users/profile';
import { type Database, rowsOf } from '../connection/client';
import { isUser } from './lock';

/** What is stored of a user beside their profile. */
export interface UserDetails {
  lists: { id: number; name: string }[];
  consents: { category: string; action: string; updatedAt: string }[];
}

/** Undefined when there is no such user. */
export async function readDetails(db: Database, identity: Identity): Promise<UserDetails | undefined> {
  const [row] = await rowsOf<UserDetails>(
    db,
    sql`
    select
      (select coalesce(json_agg(json_build_object('id', lists.id, 'name', lists.name) order by lists.id), '[]')
       from list_users join lists on lists.id = list_id where list_users.user_id = users.id) as lists,
      (select coalesce(json_agg(json_build_object(
         'category', category, 'action', action, 'updatedAt', user_consents.updated_at) order by category), '[]')
       from user_consents where user_consents.user_id = users.id) as consents
    from users where ${isUser(identity)}`,
  );
  return row;
}
