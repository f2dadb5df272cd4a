import type { Identity } from '../../domain/users/profile';
import type { Database } from '../connection/client';
import type { Waiting } from '../outbox';
import { startWithUser } from '../entries/start';
import { holdUser } from './lock';
import { tellParticipant } from '../event-webhooks/publish';

/** A message that was sent to a user, as event webhooks are told of it. */
export interface Message {
  channel: string;
  subject: string | null;
  content: string;
  /** ISO-8601, UTC */
  sentAt: string;
}

/** Tells event webhooks of a message, and keeps no other copy of it. The user is made if there is none. */
export async function recordMessage(db: Database, identity: Identity, message: Message): Promise<Waiting[]> {
  return db.transaction(async (tx) => {
    const { user, created } = await holdUser(tx, identity);
    const begun = created ? await startWithUser(tx, user) : [];
    return [...begun, ...(await tellParticipant(tx, 'message.sent', user.id, { message }))];
  });
}
