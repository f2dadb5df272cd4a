import { answerOf, api, ApiFault } from '../../api/client';

/** The journey that `npm start` makes at the very first start: its webhook calls the built-in inbox. */
const DEMO_JOURNEY = 12345;
const DEMO_INBOX = /\/inbox\/demo$/;

/** What a webhook of this page, and the journey around it, are called. */
const NAME = 'Try it';

export interface TestUser {
  email: string;
  dataFields: Record<string, unknown>;
}

/** Sends a user to the endpoint, through a journey that is made where there is none yet. Returns the entry. */
export async function sendTo(endpoint: string | undefined, user: TestUser): Promise<string> {
  const demo = endpoint === undefined ? await demoJourney() : undefined;
  const workflowId = demo ?? (await journeyTo(endpoint ?? `${location.origin}/inbox/demo`));
  const body = { workflowId, ...user };
  const { params } = await answerOf(api.POST('/api/workflows/triggerWorkflow', { body }));
  const { entryId, skipped } = params as { entryId?: string; skipped?: string };
  if (entryId !== undefined) return entryId;
  throw new ApiFault(409, 'Skipped', `The journey did not let this user in: ${skipped}.`, null);
}

/** Undefined where it is gone, does not take users, or calls something else by now. */
async function demoJourney(): Promise<number | undefined> {
  const path = { id: DEMO_JOURNEY };
  try {
    const { status, tiles } = await answerOf(api.GET('/api/journeys/{id}', { params: { path } }));
    const webhook = await webhookWith((endpoint) => DEMO_INBOX.test(endpoint), tiles);
    return status === 'published' && webhook ? DEMO_JOURNEY : undefined;
  } catch (error) {
    if (error instanceof ApiFault && error.status === 404) return undefined;
    throw error;
  }
}

async function webhookWith(isWanted: (endpoint: string) => boolean, tiles: Record<string, unknown>[]) {
  const query = { usedBy: DEMO_JOURNEY, pageSize: 200 };
  const { webhooks } = await answerOf(api.GET('/api/journeyWebhooks', { params: { query } }));
  const called = tiles.map(({ webhookId }) => webhookId);
  return webhooks.find(({ id, endpoint }) => called.includes(id) && isWanted(endpoint));
}

/** A published journey whose one tile calls the endpoint: the one made here before, or a new one. */
async function journeyTo(endpoint: string): Promise<number> {
  const known = await knownJourneyTo(endpoint);
  if (known !== undefined) return known;
  const host = URL.canParse(endpoint) ? new URL(endpoint).host : endpoint;
  const name = `${NAME}: ${host}`;
  const webhook = await answerOf(api.POST('/api/journeyWebhooks', { body: { name, endpoint } }));
  const tiles = [{ id: 'send', type: 'webhook' as const, webhookId: webhook.id }];
  const journey = await answerOf(api.POST('/api/journeys', { body: { name, tiles } }));
  await api.POST('/api/journeys/{id}/publish', { params: { path: { id: journey.id } } });
  return journey.id;
}

async function knownJourneyTo(wanted: string): Promise<number | undefined> {
  const query = { name: NAME, pageSize: 200 };
  const { webhooks } = await answerOf(api.GET('/api/journeyWebhooks', { params: { query } }));
  for (const { id, endpoint, usage } of webhooks) {
    if (endpoint !== wanted || usage.tiles === 0) continue;
    const path = { id };
    const { tiles } = await answerOf(api.GET('/api/journeyWebhooks/{id}/usage', { params: { path } }));
    const tile = tiles.find(({ journeyName, tileId }) => journeyName.startsWith(NAME) && tileId === 'send');
    if (tile !== undefined && (await isPublished(tile.journeyId))) return tile.journeyId;
  }
  return undefined;
}

async function isPublished(id: number): Promise<boolean> {
  const { status } = await answerOf(api.GET('/api/journeys/{id}', { params: { path: { id } } }));
  return status === 'published';
}
