import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { Webhook } from 'standardwebhooks';
import { rowsOf } from '../../src/db/connection/client';
import { insertSigningSecret } from '../../src/db/secrets/signing-secrets';
import { newSigningSecret } from '../../src/webhook/sign';
import type { Answer, ApiWorld } from '../support/api-world';
import type { Recorded, Reply } from '../support/receiver';
import { until } from '../support/until';
import type { World } from '../support/world';
import type { DrawnJourney } from './drawn-journey';
import type { Callback, DoneEvent, DrawnStory } from './drawn-story';
import type { DrawnTile, Surroundings } from './place';

/* What drawn journeys and stories are played on: a world, and the API on its database. */

export interface Stage {
  world: World;
  api: ApiWorld;
  listId: number;
  otherJourneyId: number;
  /** Signs what endpoints say when they call back. */
  secret: string;
}

export async function setStage(world: World, api: ApiWorld): Promise<Stage> {
  const { listId } = (await call(api, 'POST', '/api/lists', { name: 'List' })).body;
  return { world, api, listId, otherJourneyId: await world.journey([]), secret: newSigningSecret() };
}

/** Calls the API, which must not refuse. */
export async function call(api: ApiWorld, method: string, url: string, body?: unknown): Promise<Answer> {
  const answer = await api.call(method, url, body);
  if (answer.status < 300) return answer;
  throw new Error(`${method} ${url}: ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** A user and endpoints of their own. */
export interface Scene {
  email: string;
  urlOf: (tileId: string) => string;
  /** The requests that came, in their order. */
  requests: () => Recorded[];
  requestsOf: (tileId: string) => Recorded[];
}

export function setScene({ world: { receiver } }: Stage): Scene {
  const id = randomUUID();
  const pathOf = (tileId: string) => `/${id}/${tileId}`;
  return {
    email: `${id}@example.com`,
    urlOf: (tileId) => receiver.url + pathOf(tileId),
    requests: () => receiver.requests.filter(({ url }) => url.startsWith(`/${id}/`)),
    requestsOf: (tileId) => receiver.requests.filter(({ url }) => url.split('?')[0] === pathOf(tileId)),
  };
}

export function surroundingsOf(
  { listId, otherJourneyId }: Stage,
  { urlOf }: Scene,
  rest: Pick<Surroundings, 'minutes' | 'withRounds' | 'leftOut'>,
): Surroundings {
  return { listId, otherJourneyId, urlOf, ...rest };
}

/** Creates and publishes the journey, with the webhooks that its tiles call. Returns its id. */
export async function publish(stage: Stage, scene: Scene, { tiles, fields }: DrawnJourney): Promise<number> {
  const real = [];
  for (const tile of tiles) real.push(await withWebhook(stage, scene, tile));
  const { id } = (await call(stage.api, 'POST', '/api/journeys', { name: 'Drawn', ...fields, tiles: real }))
    .body;
  await call(stage.api, 'POST', `/api/journeys/${id}/publish`);
  return id;
}

async function withWebhook({ world, secret }: Stage, { urlOf }: Scene, { saved, ...tile }: DrawnTile) {
  if (saved === undefined) return tile;
  const webhookId = await world.webhook({ ...saved, endpoint: urlOf(tile.id) });
  if (saved.signing) await insertSigningSecret(world.db, world.sealer, { webhookId }, secret);
  return { ...tile, webhookId };
}

/** Makes the user what they are at first. */
export async function prepareUser(
  { api, listId }: Stage,
  { email }: Scene,
  story: DrawnStory,
): Promise<void> {
  await call(api, 'POST', '/api/users/update', { email, dataFields: story.profile });
  if (story.isOnList) await call(api, 'POST', '/api/lists/subscribe', { listId, subscribers: [{ email }] });
  for (const event of story.past) await track(api, email, event);
}

export function prepareEndpoints({ world }: Stage, { urlOf }: Scene, answers: Record<string, Reply[]>): void {
  for (const [tileId, replies] of Object.entries(answers)) {
    world.receiver.respondAt(new URL(urlOf(tileId)).pathname, ...replies);
  }
}

export async function enter(
  { api }: Stage,
  journeyId: number,
  { email }: Scene,
  story: DrawnStory,
): Promise<string> {
  const trigger = { workflowId: journeyId, email, dataFields: story.dataFields };
  return (await call(api, 'POST', '/api/workflows/triggerWorkflow', trigger)).body.params.entryId;
}

export async function track(api: ApiWorld, email: string, event: DoneEvent): Promise<void> {
  const { eventName, dataFields } = event;
  await call(api, 'POST', '/api/events/track', { email, eventName, dataFields });
}

/** Calls back at the address that a request carried. It may come too late, or a second time. */
export async function callBack(
  { api, secret }: Stage,
  { headers }: Recorded,
  { after: _after, ...body }: Callback,
): Promise<number> {
  const text = JSON.stringify(body);
  const now = new Date();
  const { pathname } = new URL(String(headers['wayhook-callback-url']));
  const answer = await api.call('POST', pathname, text, {
    ...{ 'content-type': 'application/json', 'webhook-id': 'msg_1' },
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign('msg_1', now, text),
  });
  return answer.status;
}

/** Waits until what was enqueued for the entry, or for all, is with Temporal. */
export async function dispatched({ world }: Stage, entryId = ''): Promise<void> {
  await until(async () => {
    const left = await rowsOf(
      world.db,
      sql`select 1 from outbox where ref like ${`${entryId}%`} and kind in ('wake', 'exit', 'entry') limit 1`,
    );
    return left.length === 0;
  });
}
