import type { Database } from '../../db/connection/client';
import { listEvents } from '../../db/events/events';
import { listLists } from '../../db/lists/lists';
import type { Names } from '../../db/users/lock';
import { listProfileFields } from '../../db/users/profile-fields';
import { readStanding } from '../../db/users/standing';
import { findUser } from '../../db/users/users';
import { findWebhook } from '../../db/webhooks/webhooks';
import type { JourneyDefinition } from '../../domain/journeys/journey';
import type { Profile } from '../../domain/users/profile';
import { webhookUsesOf } from '../../domain/webhooks/uses';
import type { SimulatedUser, SimulatedWorld } from '../../simulation/contract';

/** How many of a user's latest events are copied. */
const COPIED_EVENTS = 500;

/** A user of a simulation, as a caller describes them. */
export interface GivenUser extends Names, Pick<SimulatedUser, 'dataFields' | 'events' | 'callbacks'> {
  /** Left out, those of the real user. */
  profile?: Profile;
}

export interface GivenSimulation extends Pick<
  SimulatedWorld,
  'startAt' | 'until' | 'responses' | 'branches'
> {
  journeyId: number;
  definition: JourneyDefinition;
  users: GivenUser[];
}

/** Copies what a simulation needs of the real world, which it does not see. No secret is among it. */
export async function readWorld(
  db: Database,
  hmacKey: string,
  { users: given, ...simulation }: GivenSimulation,
): Promise<SimulatedWorld> {
  const users: SimulatedUser[] = [];
  for (const user of given) users.push(await simulatedUser(db, user));
  return {
    ...simulation,
    hmacKey,
    users,
    webhooks: await webhooksOf(db, simulation.definition),
    lists: (await listLists(db)).map(({ id, name }) => ({ id, name })),
    profileFields: await listProfileFields(db),
  };
}

async function webhooksOf(db: Database, { tiles }: JourneyDefinition): Promise<SimulatedWorld['webhooks']> {
  const ids = [...new Set(webhookUsesOf(tiles).map(({ webhookId }) => webhookId))];
  const found = await Promise.all(ids.map((id) => findWebhook(db, id)));
  // A version may name a webhook that was deleted since.
  return found.flatMap((row) =>
    row === undefined ? [] : [{ id: row.id, name: row.name, definition: row.definition }],
  );
}

async function simulatedUser(db: Database, { profile, ...given }: GivenUser): Promise<SimulatedUser> {
  const made = { ...given, tags: [], listIds: [], consents: [], branches: [], past: [] };
  if (profile !== undefined) return { ...made, profile };
  const real = await realUser(db, given);
  if (real === undefined) return { ...made, profile: {} };
  const { id, email, userId, dataFields, tags } = real;
  const past = await listEvents(db, id, COPIED_EVENTS);
  return {
    ...given,
    ...{ id, email: email ?? undefined, userId: userId ?? undefined },
    ...{ profile: dataFields, tags, ...(await readStanding(db, id)) },
    past: past.map(({ kind, name, data_fields, created_at }) => ({
      ...{ kind, name, dataFields: data_fields, at: Date.parse(created_at) },
    })),
  };
}

async function realUser(db: Database, names: Names) {
  const { email, userId } = names;
  const byEmail = email === undefined ? undefined : await findUser(db, { email });
  return byEmail ?? (userId === undefined ? undefined : findUser(db, { userId }));
}
