import type { Identity } from '../../domain/users/profile';
import type { Database } from '../connection/client';
import type { OutboxItem } from '../outbox';
import { startForNewUser } from '../entries/start';
import { lockOrCreateUser } from './lock';
import { publishParticipant } from '../event-webhooks/publish';

/** A message that was sent to a user, as event webhooks are told of it. */
export interface Message {
  channel: string;
  subject: string | null;
  content: string;
  /** ISO-8601, UTC */
  sentAt: string;
}

/** Tells event webhooks of a message, and keeps no other copy of it. The user is made if there is none. */
export async function recordMessage(
  db: Database,
  identity: Identity,
  message: Message,
): Promise<OutboxItem[]> {
  return db.transaction(async (tx) => {
    const { user, created } = await lockOrCreateUser(tx, identity);
    const begun = created ? await startForNewUser(tx, user) : [];
    return [...begun, ...(await publishParticipant(tx, 'message.sent', user.id, { message }))];
  });
}
