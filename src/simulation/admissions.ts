import type { HandOffAnswer } from '../activities/contract';
import type { Database } from '../db/connection/client';
import type { HandOff } from '../db/entries/hand-offs';
import { listRefusals } from '../db/entries/refusals';
import type { Names } from '../db/users/lock';
import type { Skip } from '../domain/entry';
import type { Clock } from './clock';

/** An entry that began, or one that was refused; then either the user is known, by position, or the entry that sent them. */
export type Admission = { at: number } & (
  { entryId: string } | { skipped: Skip; user: number } | { skipped: Skip; sentBy: string }
);

interface AdmissionParts {
  db: Database;
  clock: Clock;
  journeyId: number;
}

/** There is a row for each reason of a refusal. */
const MOST_ROWS = 10;

/** Records who is let into the journey and who is not, in the order in which it happens. */
export class Admissions {
  readonly all: Admission[] = [];

  constructor(private readonly parts: AdmissionParts) {}

  entered(entryId: string): void {
    this.all.push({ at: this.parts.clock.now, entryId });
  }

  /** After a sendToJourney tile: it may have sent the user into their own journey again, in vain. */
  sent(input: unknown, answer: unknown): void {
    const { entryId: sentBy, journeyId } = input as HandOff;
    const { kind, ...result } = answer as HandOffAnswer;
    if (kind !== 'walked' || journeyId !== this.parts.journeyId) return;
    const { skipped } = result as { skipped: Skip | null };
    if (skipped !== null) this.all.push({ at: this.parts.clock.now, skipped, sentBy });
  }

  /** Does something that may begin entries of a user, or be refused. */
  async during(user: number, names: Names, act: () => Promise<void>): Promise<void> {
    const { clock } = this.parts;
    const before = await this.#refusalsOf(names);
    await act();
    for (const { reason, count } of await this.#refusalsOf(names)) {
      const known = before.find((other) => other.reason === reason)?.count ?? 0;
      for (let more = known; more < count; more += 1) this.all.push({ at: clock.now, skipped: reason, user });
    }
  }

  #refusalsOf(names: Names) {
    const { db, journeyId } = this.parts;
    return listRefusals(db, journeyId, names, { limit: MOST_ROWS });
  }
}
