import { eq } from 'drizzle-orm';
import { closeEntry } from '../../../../src/db/entries/close';
import { enqueuing } from '../../../../src/db/enqueue';
import { steps } from '../../../../src/db/schema';
import { findJourney } from '../../../../src/db/journeys/journeys';
import { SYSTEM } from '../../../../src/domain/audit';
import { type ChainOutcome, decideChain } from '../../../../src/usecases/journeys/decide/decide';
import { eraseUser } from '../../../../src/usecases/users/erase';
import { type ApiWorld, createApiWorld } from '../../../support/api-world';

const AT = Date.parse('2026-01-31T09:30:00Z');
const firstRunId = 'run-1';

let world: ApiWorld;
let users = 0;

beforeAll(async () => {
  world = await createApiWorld();
});
afterAll(() => world.close());

const SPLIT = { type: 'yesNoSplit', when: { field: 'profile.plan', is: 'equals', value: 'pro' } };
const CHAIN = [
  { id: 'first', ...SPLIT, no: 'exit' },
  { id: 'second', ...SPLIT, no: 'exit' },
  { id: 'wait', type: 'delay', for: '1 day', next: 'first' },
];

/** An entry of a user with this plan, at the first of these tiles. */
async function enter(plan: string, tiles: object[] = CHAIN) {
  const email = `user-${(users += 1)}@example.com`;
  const setPlan = (value: string) =>
    world.call('POST', '/api/users/update', { email, dataFields: { plan: value } });
  await setPlan(plan);
  const { body } = await world.call('POST', '/api/journeys', { name: 'Test', tiles });
  await world.call('POST', `/api/journeys/${body.id}/publish`);
  const triggered = await world.call('POST', '/api/workflows/triggerWorkflow', {
    workflowId: body.id,
    email,
  });
  const entryId = triggered.body.params.entryId as string;
  const tilesOf = async () => (await findJourney(world.db, body.id as number))!.definition.tiles;
  const decide = (more: { visit?: number; firstRunId?: string; visits?: [string, number][] } = {}) =>
    decideChain(
      { ...world, hmacKey: 'key', tilesOf },
      {
        entryId,
        workflowId: entryId,
        firstRunId,
        tileId: 'first',
        visit: 1,
        ...more,
        visits: new Map(more.visits),
      },
      AT + (more.visit ?? 1),
    );
  const stepsOf = async () => {
    const rows = await world.db.select().from(steps).where(eq(steps.entryId, entryId));
    return rows.map(({ tileId, visit, way }) => `${tileId}/${visit} ${way}`).sort();
  };
  return { email, entryId, setPlan, decide, stepsOf };
}

const ON: ChainOutcome = {
  kind: 'decided',
  walked: [
    { tileId: 'first', way: 'yes' },
    { tileId: 'second', way: 'yes' },
  ],
  next: 'wait',
};
const COMPLETED: ChainOutcome = { kind: 'ended', end: { status: 'completed' } };

describe('a chain of tiles that decide', () => {
  it('is decided once: repeated, it answers the same, whatever the profile is by then', async () => {
    const { setPlan, decide, stepsOf } = await enter('pro');
    expect(await decide()).toEqual(ON);
    await setPlan('free');
    expect(await decide()).toEqual(ON);
    expect(await stepsOf()).toEqual(['first/1 yes', 'second/1 yes']);
    expect(await decide({ visit: 2, visits: [['second', 1]] })).toEqual(COMPLETED);
    expect(await stepsOf()).toEqual(['first/1 yes', 'first/2 no', 'second/1 yes']);
    expect(await decide({ visit: 2, visits: [['second', 1]] })).toEqual(COMPLETED);
  });

  it('is decided once by executions at the same time, between which the profile changes', async () => {
    const { setPlan, decide, stepsOf } = await enter('pro');
    const outcomes = await Promise.all([decide(), setPlan('free'), decide(), decide()]);
    const decided = [outcomes[0], outcomes[2], outcomes[3]] as ChainOutcome[];
    expect(new Set(decided.map((outcome) => JSON.stringify(outcome))).size).toBe(1);
    expect(await stepsOf()).toEqual(
      decided[0]!.kind === 'ended' ? ['first/1 no'] : ['first/1 yes', 'second/1 yes'],
    );
  });

  it('says nothing of an entry that another run owns, or that was closed meanwhile', async () => {
    const { entryId, decide, stepsOf } = await enter('pro');
    await decide();
    expect(await decide({ visit: 2, firstRunId: 'another' })).toEqual({ kind: 'superseded' });
    const end = { status: 'cancelled', reason: 'operator', detail: 'Enough.' } as const;
    const closer = { entryId, workflowId: entryId, firstRunId };
    await enqueuing(world, (db) => closeEntry(db, closer, end, AT));
    expect(await decide({ visit: 2 })).toMatchObject({ kind: 'ended', end: { status: 'cancelled' } });
    expect(await stepsOf()).toHaveLength(2);
  });

  it('leaves no reason behind when its user is erased', async () => {
    const { email, entryId, decide, stepsOf } = await enter('pro');
    await decide();
    await eraseUser({ ...world, author: SYSTEM }, { email }, AT);
    const rows = await world.db.select({ why: steps.why }).from(steps).where(eq(steps.entryId, entryId));
    expect(rows).toEqual([{ why: null }, { why: null }]);
    expect(await stepsOf()).toHaveLength(2);
  });
});
