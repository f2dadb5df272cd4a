import { eq } from 'drizzle-orm';
import { entries, journeys, handOffs } from '../../../src/db/schema';
import { MOST_HAND_OFFS } from '../../../src/usecases/journeys/hand-off';
import { calmEvents } from '../../support/history';
import { readable } from '../../support/readable';
import { until } from '../../support/until';
import { createWorld, type World } from '../../support/world';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const SOURCE = { entry: { source: 'journey' } };

/** A journey whose one tile calls a path of its own; returns how often it was called. */
async function calling(path: string): Promise<{ journeyId: number; bodies: () => unknown[] }> {
  const webhookId = await world.webhook({ endpoint: world.receiver.url + path });
  const journeyId = await world.journey([{ id: 'call', type: 'webhook', webhookId }], undefined, SOURCE);
  const bodies = () => world.receiver.requests.filter(({ url }) => url === path).map((one) => one.json());
  return { journeyId, bodies };
}

describe('the tile sendToJourney', () => {
  it('starts an entry in the other journey, and goes on in its own (B087)', async () => {
    const other = await calling('/other');
    const webhookId = await world.webhook({ endpoint: `${world.receiver.url}/own` });
    const journeyId = await world.journey([
      { id: 'on', type: 'sendToJourney', journeyId: other.journeyId },
      { id: 'own', type: 'webhook', webhookId },
    ]);
    const identity = { email: 'sent@example.com' };
    const entryId = await world.enter(journeyId, { identity, dataFields: { color: 'red' } });
    const { entry, deliveries } = await world.ended(entryId);
    expect(entry).toMatchObject({ status: 'completed', journeyId });
    expect(deliveries).toMatchObject([{ tileId: 'own', status: 'delivered' }]);
    const [sending] = await world.db.select().from(handOffs).where(eq(handOffs.entryId, entryId));
    const sent = await world.ended(sending!.sentTo!);
    expect(sent.entry).toMatchObject({ status: 'completed', journeyId: other.journeyId });
    expect(other.bodies()).toEqual([{ color: 'red', ...identity, workflowId: other.journeyId }]);
  });

  it('costs one history event, without personal data', async () => {
    const other = await calling('/cheap');
    const on = { type: 'sendToJourney', journeyId: other.journeyId };
    const journeyId = await world.journey([
      { id: 'one', ...on },
      { id: 'two', ...on },
    ]);
    const identity = { email: 'jane.roe@example.com' };
    const entryId = await world.enter(journeyId, { identity, dataFields: { color: 'purple' } });
    await world.ended(entryId);
    const { events } = await world.client.workflow.getHandle(entryId).fetchHistory();
    expect(calmEvents(events)).toHaveLength(5 + 2);
    expect(readable(events)).toMatch(/"sentTo":"ent_/);
    expect(readable(events)).not.toMatch(/jane|purple/);
  });

  it('lets the user go on if the other journey was unpublished meanwhile', async () => {
    const other = await calling('/unpublished');
    const journeyId = await world.journey([
      { id: 'on', type: 'sendToJourney', journeyId: other.journeyId },
      { id: 'out', type: 'exit' },
    ]);
    const unpublished = { status: 'draft', publishedVersion: null } as const;
    await world.db.update(journeys).set(unpublished).where(eq(journeys.id, other.journeyId));
    const entryId = await world.enter(journeyId);
    expect((await world.ended(entryId)).entry).toMatchObject({ status: 'completed', tileId: 'out' });
    const [sending] = await world.db.select().from(handOffs).where(eq(handOffs.entryId, entryId));
    expect(sending).toMatchObject({ sentTo: null, skipped: 'notPublished' });
    expect(other.bodies()).toEqual([]);
  });

  it('comes to an end when a journey sends its users to itself', async () => {
    const id = 4_712;
    await world.journey([{ id: 'again', type: 'sendToJourney', journeyId: id }], id);
    const entryId = await world.enter(id);
    const inside = () => world.db.select().from(entries).where(eq(entries.journeyId, id));
    const all = await until(async () => {
      const rows = await inside();
      return rows.length > MOST_HAND_OFFS && rows.every(({ status }) => status === 'completed') && rows;
    }, 180_000);
    expect(all).toHaveLength(1 + MOST_HAND_OFFS);
    const chain = await world.db.select().from(handOffs).where(eq(handOffs.chain, entryId));
    expect(chain.map(({ skipped }) => skipped).filter(Boolean)).toEqual(['chainLimit']);
  });
});
