/*
 * Iterable's own TypeScript client, unmodified, against the server of BASE_URL. It checks every answer against its own
 * schemas and throws where one does not fit. What it made of the answers is printed as one line of JSON.
 */
import { IterableApiError, IterableClient } from '@iterable/api';

const { BASE_URL, API_KEY, JOURNEY_ID, LIMITED_ID } = process.env;
const client = new IterableClient({ apiKey: API_KEY, baseUrl: BASE_URL });
const stranger = new IterableClient({ apiKey: 'unknown', baseUrl: BASE_URL });
const [journeyId, limitedId] = [Number(JOURNEY_ID), Number(LIMITED_ID)];
const email = 'ada@example.com';

/** How the client reads a refusal: undefined when it did not know the answer's shape or code. */
async function refusalOf(call) {
  const error = await call.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof IterableApiError)) throw error ?? new Error('The call was not refused.');
  return { status: error.statusCode, code: error.code, message: error.message };
}

const told = {};

// Users
told.created = await client.updateUser({ email, userId: 'ada', dataFields: { plan: 'pro' } });
told.bulk = await client.bulkUpdateUsers({
  users: [
    { email: 'grace@example.com', dataFields: { plan: 'free', seats: 2 } },
    { userId: 'only-id' },
    { email: 'foo@' },
    { userId: 'ada', dataFields: { plan: 7 } },
  ],
});
told.user = await client.getUserByEmail({ email });
told.userId = await client.getUserByUserId({ userId: 'only-id' });
told.nobody = await client.getUserByEmail({ email: 'nobody@example.com' });
told.fields = await client.getUserFields();
await client.updateEmail({ currentUserId: 'ada', newEmail: 'ada.l@example.com' });
await client.updateEmail({ currentEmail: 'ada.l@example.com', newEmail: email });

// Lists
const { listId } = await client.createList({ name: 'Readers', description: 'Weekly' });
told.subscribed = await client.subscribeUserToList({
  listId,
  subscribers: [
    { email, dataFields: { plan: 'max' } },
    { email: 'grace@example.com' },
    { userId: 'only-id' },
  ],
});
told.lists = await client.getLists();
told.size = await client.getListSize({ listId });
told.members = await client.getListUsers({ listId });
told.firstMember = await client.getListUsers({ listId, maxResults: 1 });

// Events and journeys
told.tracked = await client.trackEvent({
  email,
  eventName: 'signup',
  id: 'signup-1',
  dataFields: { step: 1 },
});
told.trackedMany = await client.trackBulkEvents({
  events: [
    { email, eventName: 'opened', createdAt: 1_700_000_000 },
    { userId: 'only-id', eventName: 'opened' },
    { email: 'foo@', eventName: 'opened' },
  ],
});
told.events = await client.getUserEventsByEmail({ email, limit: 10 });
told.eventsById = await client.getUserEventsByUserId({ userId: 'only-id' });
told.triggered = await client.triggerJourney({
  workflowId: journeyId,
  email,
  dataFields: { promotionId: 1 },
});
told.triggeredList = await client.triggerJourney({ workflowId: journeyId, listId });
await client.triggerJourney({ workflowId: limitedId, userId: 'only-id' });
told.skipped = await client.triggerJourney({ workflowId: limitedId, userId: 'only-id' });
told.journeys = await client.getJourneys({ pageSize: 1, sort: { field: 'name', direction: 'desc' } });

// Refusals
told.refusals = {
  key: await refusalOf(stranger.getLists()),
  list: await refusalOf(client.subscribeUserToList({ listId: 999, subscribers: [] })),
  journey: await refusalOf(client.triggerJourney({ workflowId: 0, email })),
  listUnderWay: await refusalOf(client.triggerJourney({ workflowId: journeyId, listId })),
  unknownList: await refusalOf(client.triggerJourney({ workflowId: journeyId, listId: 999 })),
  noIdentity: await refusalOf(client.triggerJourney({ workflowId: journeyId })),
  email: await refusalOf(client.updateUser({ email: 'foo@' })),
  body: await refusalOf(client.updateUser({ email, dataFields: 'none' })),
  type: await refusalOf(client.updateUser({ email, dataFields: { plan: 7 } })),
  takenEmail: await refusalOf(client.updateEmail({ currentEmail: email, newEmail: 'grace@example.com' })),
  unknownSource: await refusalOf(client.mergeUsers({ sourceUserId: 'nobody', destinationEmail: email })),
  unknownUser: await refusalOf(client.deleteUserByEmail({ email: 'nobody@example.com' })),
};

// Leaving
told.unsubscribed = await client.unsubscribeUserFromList({ listId, subscribers: [{ email }] });
told.sizeAfter = await client.getListSize({ listId });
await client.mergeUsers({ sourceEmail: 'grace@example.com', destinationUserId: 'only-id' });
told.merged = await client.getUserByUserId({ userId: 'only-id' });
told.listDeleted = await client.deleteList({ listId });
told.deleted = [
  await client.deleteUserByEmail({ email }),
  await client.deleteUserByUserId({ userId: 'only-id' }),
];
told.gone = await client.getUserByEmail({ email });

client.destroy();
stranger.destroy();
console.log(JSON.stringify(told));
