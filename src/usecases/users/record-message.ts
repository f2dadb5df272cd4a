import { type EnqueueDeps, transact } from '../../db/enqueue';
import { startForNewUser } from '../../db/entries/start';
import type { Names } from '../../db/users/lock';
import { lockOrCreateNamedUser } from '../../db/users/names';
import { publishParticipant } from '../../db/event-webhooks/publish';

/** A message that was sent to a user, as event webhooks receive it. */
export interface Message {
  channel: string;
  subject: string | null;
  content: string;
  /** ISO-8601, UTC */
  sentAt: string;
}

/** Publishes a message to event webhooks; no other copy of it is stored. The user is created if unknown. */
export function recordMessage(deps: EnqueueDeps, names: Names, message: Message): Promise<void> {
  return transact(deps, async (tx) => {
    const { user, created } = await lockOrCreateNamedUser(tx, names);
    if (created) await startForNewUser(tx, user);
    await publishParticipant(tx, 'message.sent', user.id, { message });
  });
}
