import { raiseNotification } from '../../../src/db/notifications/notifications';
import { ACTIONS, type Action } from '../../../src/domain/audit';
import { EVENT_TYPES } from '../../../src/domain/webhooks/event-webhook';
import { type Answer, type ApiWorld, createApiWorld } from '../../support/api-world';
import { signInAs } from '../../support/signed-in';
import { type Receiver, startReceiver } from '../../support/receiver';

let world: ApiWorld;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver({ body: {} });
  world = await createApiWorld();
});
afterAll(async () => {
  await world.close();
  await receiver.close();
});

interface Row {
  action: string;
  target: { type: string; id: unknown; name: unknown };
  actor: object;
}

const EMAIL = 'ada@example.com';
let made = 0;
const unique = () => (made += 1);
const post = async (path: string, body?: object) => (await world.call('POST', path, body)).body;
const webhook = () => ({ name: `Webhook ${unique()}`, endpoint: `${receiver.url}/hook` });
const eventWebhook = () => ({
  name: 'CRM',
  targetUrl: `${receiver.url}/events`,
  eventTypes: [...EVENT_TYPES],
});
const journey = (name = `Journey ${unique()}`) => ({ name, tiles: [{ id: 'end', type: 'exit' }] });
const newWebhook = async () => (await post('/api/journeyWebhooks', webhook())).id as number;
const newEventWebhook = async () => (await post('/api/eventWebhooks', eventWebhook())).id as number;
const newJourney = async () => (await post('/api/journeys', journey())).id as number;
const newList = async () => (await post('/api/lists', { name: 'Readers' })).listId as number;
const newKey = async () => (await post('/api/apiKeys', { name: 'Shop', scopes: ['read'] })).id as number;
const newUser = async (email = `user${unique()}@example.com`) => {
  await post('/api/users/update', { email, dataFields: {} });
  return email;
};
const published = async (tiles?: object[]) => {
  const { id } = await post('/api/journeys', { ...journey(), ...(tiles && { tiles }) });
  await post(`/api/journeys/${id}/publish`);
  return id as number;
};
const entry = async () => {
  const workflowId = await published([{ id: 'wait', type: 'delay', for: '1 day' }]);
  return (await post('/api/workflows/triggerWorkflow', { workflowId, email: EMAIL })).params.entryId;
};
const notification = async () => {
  const ids = { webhookId: await newWebhook(), journeyId: null, tileId: null, entryId: null };
  await raiseNotification(world.db, {
    ...{ kind: 'webhook_failed', detail: '503', deliveryId: null, at: Date.now() },
    ...ids,
  } as Parameters<typeof raiseNotification>[1]);
  return (await world.call('GET', '/api/notifications')).body.notifications[0].id as number;
};
const person = () => ({ email: `person${unique()}@example.com`, name: 'Ada', role: 'marketer' });
const newPerson = () => post('/api/people', person()) as Promise<{ id: number; email: string }>;
const csv = (path: string) => world.call('POST', path, `email\n${EMAIL}\n`, { 'content-type': 'text/csv' });

/** A call that succeeds, and what it is expected to leave in the log: an action and the id of its target. */
type Operation = () => Promise<{ answer: Answer; id: unknown }>;
const on = async (
  id: unknown,
  method: string,
  path: string,
  body?: object,
): Promise<{ answer: Answer; id: unknown }> => ({ answer: await world.call(method, path, body), id });
const making =
  (path: string, body: () => object, field = 'id') =>
  async () => {
    const answer = await world.call('POST', path, body());
    return { answer, id: answer.body[field] };
  };

/** Every operation that changes something for others than one user, or makes a real call, by its operationId. */
const RECORDED: Record<string, [Action, Operation]> = {
  createApiKey: ['apiKey.create', making('/api/apiKeys', () => ({ name: 'Shop', scopes: ['read'] }))],
  deleteApiKey: [
    'apiKey.delete',
    async () => {
      const id = await newKey();
      return on(id, 'DELETE', `/api/apiKeys/${id}`);
    },
  ],
  createPerson: ['person.create', making('/api/people', () => person())],
  updatePerson: [
    'person.update',
    async () => {
      const { id, email } = await newPerson();
      return on(id, 'PUT', `/api/people/${id}`, { ...person(), email });
    },
  ],
  deletePerson: [
    'person.delete',
    async () => {
      const { id } = await newPerson();
      return on(id, 'DELETE', `/api/people/${id}`);
    },
  ],
  invitePerson: [
    'person.invite',
    async () => {
      const { id } = await newPerson();
      return on(id, 'POST', `/api/people/${id}/invite`);
    },
  ],
  endSession: [
    'session.delete',
    async () => {
      await signInAs(world, 'viewer');
      const [{ id }] = (await world.call('GET', '/api/sessions')).body.sessions;
      return on(id, 'DELETE', `/api/sessions/${id}`);
    },
  ],
  createJourneyWebhook: ['webhook.create', making('/api/journeyWebhooks', webhook)],
  updateJourneyWebhook: [
    'webhook.update',
    async () => {
      const id = await newWebhook();
      return on(id, 'PUT', `/api/journeyWebhooks/${id}`, webhook());
    },
  ],
  deleteJourneyWebhook: [
    'webhook.delete',
    async () => {
      const id = await newWebhook();
      return on(id, 'DELETE', `/api/journeyWebhooks/${id}`);
    },
  ],
  bulkDeleteJourneyWebhooks: [
    'webhook.delete',
    async () => {
      const id = await newWebhook();
      return on(id, 'POST', '/api/journeyWebhooks/bulkDelete', { ids: [id] });
    },
  ],
  duplicateJourneyWebhook: [
    'webhook.duplicate',
    async () => {
      const answer = await world.call('POST', `/api/journeyWebhooks/${await newWebhook()}/duplicate`);
      return { answer, id: answer.body.id };
    },
  ],
  rotateSigningSecret: [
    'webhook.rotateSecret',
    async () => {
      const id = await newWebhook();
      return on(id, 'POST', `/api/journeyWebhooks/${id}/rotateSigningSecret`);
    },
  ],
  testJourneyWebhook: [
    'webhook.test',
    async () => {
      const id = await newWebhook();
      return on(id, 'POST', '/api/journeyWebhooks/test', { webhook: webhook(), webhookId: id });
    },
  ],
  createEventWebhook: ['eventWebhook.create', making('/api/eventWebhooks', eventWebhook)],
  updateEventWebhook: [
    'eventWebhook.update',
    async () => {
      const id = await newEventWebhook();
      return on(id, 'PUT', `/api/eventWebhooks/${id}`, eventWebhook());
    },
  ],
  deleteEventWebhook: [
    'eventWebhook.delete',
    async () => {
      const id = await newEventWebhook();
      return on(id, 'DELETE', `/api/eventWebhooks/${id}`);
    },
  ],
  rotateSecretKey: [
    'eventWebhook.rotateSecret',
    async () => {
      const id = await newEventWebhook();
      return on(id, 'POST', `/api/eventWebhooks/${id}/rotateSecret`);
    },
  ],
  testEventWebhook: [
    'eventWebhook.test',
    async () => {
      const id = await newEventWebhook();
      return on(id, 'POST', `/api/eventWebhooks/${id}/test`);
    },
  ],
  createJourney: ['journey.create', making('/api/journeys', () => journey())],
  updateJourney: [
    'journey.update',
    async () => {
      const id = await newJourney();
      return on(id, 'PUT', `/api/journeys/${id}`, journey());
    },
  ],
  publishJourney: [
    'journey.publish',
    async () => {
      const id = await newJourney();
      return on(id, 'POST', `/api/journeys/${id}/publish`);
    },
  ],
  simulateJourney: [
    'journey.simulate',
    async () => {
      const id = await newJourney();
      return on(id, 'POST', `/api/journeys/${id}/simulate`, { users: [{ email: EMAIL }] });
    },
  ],
  simulateUnsavedJourney: [
    'journey.simulate',
    () => on(null, 'POST', '/api/journeys/simulate', { journey: journey(), users: [{ email: EMAIL }] }),
  ],
  unpublishJourney: [
    'journey.unpublish',
    async () => {
      const id = await published();
      return on(id, 'POST', `/api/journeys/${id}/unpublish`);
    },
  ],
  archiveJourney: [
    'journey.archive',
    async () => {
      const id = await published();
      return on(id, 'DELETE', `/api/journeys/${id}`);
    },
  ],
  testJourney: [
    'journey.test',
    async () => {
      const id = await newJourney();
      return on(id, 'POST', `/api/journeys/${id}/test`, { email: await newUser() });
    },
  ],
  triggerWorkflow: [
    'journey.triggerList',
    async () => {
      const workflowId = await published();
      const listId = await newList();
      return on(workflowId, 'POST', '/api/workflows/triggerWorkflow', { workflowId, listId });
    },
  ],
  createList: ['list.create', making('/api/lists', () => ({ name: 'Readers' }), 'listId')],
  deleteList: [
    'list.delete',
    async () => {
      const id = await newList();
      return on(id, 'DELETE', `/api/lists/${id}`);
    },
  ],
  importListUsers: [
    'list.import',
    async () => {
      const id = await newList();
      return { answer: await csv(`/api/lists/${id}/import`), id };
    },
  ],
  importUsers: ['user.import', async () => ({ answer: await csv('/api/users/import'), id: null })],
  mergeUsers: [
    'user.merge',
    async () => {
      const [sourceEmail, destinationEmail] = [await newUser(), await newUser()];
      const answer = await world.call('POST', '/api/users/merge', { sourceEmail, destinationEmail });
      return { answer, id: expect.any(Number) };
    },
  ],
  deleteUserByEmail: [
    'user.erase',
    async () => on(expect.any(Number), 'DELETE', `/api/users/${await newUser()}`),
  ],
  deleteUserByUserId: [
    'user.erase',
    async () => {
      const userId = `user-${unique()}`;
      await post('/api/users/update', { userId, dataFields: {} });
      return on(expect.any(Number), 'DELETE', `/api/users/byUserId/${userId}`);
    },
  ],
  exitEntries: [
    'journey.exitEntries',
    async () => {
      const journeyId = await published();
      return on(journeyId, 'POST', '/api/entries/exit', { journeyId, note: EMAIL });
    },
  ],
  exitEntry: [
    'entry.exit',
    async () => {
      const id = await entry();
      return on(id, 'POST', `/api/entries/${id}/exit`, { note: EMAIL });
    },
  ],
  markNotificationRead: [
    'notification.read',
    async () => {
      const id = await notification();
      return on(id, 'POST', `/api/notifications/${id}/read`);
    },
  ],
  markNotificationUnread: [
    'notification.unread',
    async () => {
      const id = await notification();
      return on(id, 'POST', `/api/notifications/${id}/unread`);
    },
  ],
  markAllNotificationsRead: [
    'notification.readAll',
    async () => on(null, 'POST', '/api/notifications/readAll'),
  ],
  emptyInbox: ['inbox.empty', async () => on(null, 'DELETE', '/api/inbox/demo')],
};

/** Data about single users that programs send all day, and what changes nothing. */
const NOT_RECORDED: Record<string, [path: string, body: () => object | Promise<object>]> = {
  checkJourney: ['/api/journeys/check', journey],
  previewJourneyWebhook: ['/api/journeyWebhooks/preview', () => ({ webhook: webhook() })],
  updateUser: ['/api/users/update', () => ({ email: EMAIL, dataFields: { a: 1 } })],
  bulkUpdateUsers: ['/api/users/bulkUpdate', () => ({ users: [{ email: EMAIL }] })],
  updateEmail: [
    '/api/users/updateEmail',
    async () => ({ currentEmail: await newUser(), newEmail: `new${unique()}@example.com` }),
  ],
  changeTags: ['/api/users/tags', () => ({ email: EMAIL, add: ['vip'] })],
  setConsent: ['/api/users/consent', () => ({ email: EMAIL, category: 'news', action: 'accept' })],
  recordMessage: ['/api/messages', () => ({ email: EMAIL, channel: 'sms', content: 'Hello' })],
  trackEvent: ['/api/events/track', () => ({ email: EMAIL, eventName: 'opened' })],
  trackEvents: ['/api/events/trackBulk', () => ({ events: [{ email: EMAIL, eventName: 'opened' }] })],
  trackPurchase: [
    '/api/commerce/trackPurchase',
    () => ({ user: { email: EMAIL }, items: [{ id: '1', name: 'Tea', price: 1, quantity: 1 }], total: 1 }),
  ],
  updateCart: [
    '/api/commerce/updateCart',
    () => ({ user: { email: EMAIL }, items: [{ id: '1', name: 'Tea', price: 1, quantity: 1 }] }),
  ],
  subscribeToList: [
    '/api/lists/subscribe',
    async () => ({ listId: await newList(), subscribers: [{ email: EMAIL }] }),
  ],
  unsubscribeFromList: [
    '/api/lists/unsubscribe',
    async () => ({ listId: await newList(), subscribers: [{ email: EMAIL }] }),
  ],
};

/** What a person does about themselves, and what it leaves in the log, newest first. */
const OF_PEOPLE: Record<string, [Action[], () => Promise<Answer>]> = {
  signIn: [['session.create'], async () => (await signInAs(world, 'viewer')).signInAgain()],
  welcome: [['session.create', 'person.setPassword'], async () => (await signInAs(world, 'viewer')).welcomed],
  changePassword: [
    ['session.create', 'person.setPassword'],
    async () => {
      const { call, password: currentPassword } = await signInAs(world, 'viewer');
      return call('PUT', '/api/session/password', { currentPassword, newPassword: 'nine purple umbrellas' });
    },
  ],
  signOut: [['session.delete'], async () => (await signInAs(world, 'viewer')).call('DELETE', '/api/session')],
};

/** They change nothing. */
const OF_NOBODY = ['checkLink'];

/** Called by endpoints, which have no key. */
const OF_ENDPOINTS = ['callBack'];

const log = async (): Promise<Row[]> => (await world.call('GET', '/api/auditLog?pageSize=200')).body.changes;

describe('the audit log', () => {
  it('knows of every operation that is no GET', async () => {
    const { paths } = (await world.call('GET', '/api/openapi.json')).body;
    const operations = Object.values(
      paths as Record<string, Record<string, { operationId: string }>>,
    ).flatMap((path) =>
      Object.entries(path).flatMap(([method, { operationId }]) => (method === 'get' ? [] : [operationId])),
    );
    const tables = [RECORDED, NOT_RECORDED, OF_PEOPLE].flatMap(Object.keys);
    const known = [...tables, ...OF_ENDPOINTS, ...OF_NOBODY];
    expect(operations.sort()).toEqual(known.sort());
  });

  it('has no action that no operation takes', () => {
    const taken = [...Object.values(RECORDED), ...Object.values(OF_PEOPLE)].flatMap(([action]) => action);
    expect([...new Set(taken)].sort()).toEqual([...ACTIONS].sort());
  });

  it.each(Object.entries(RECORDED))('has what %s did, once', async (_operation, [action, operation]) => {
    const { answer, id } = await operation();
    expect(answer.status).toBeLessThan(300);
    const [last, before] = await log();
    expect(last).toMatchObject({
      action,
      target: { type: action.split('.')[0], id },
      actor: { type: 'key', id: expect.any(Number), name: 'WAYHOOK_API_KEY' },
      requestId: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect([before!.action, before!.target.id]).not.toEqual([action, last!.target.id]);
    expect(JSON.stringify(last)).not.toContain('@example.com');
  });

  it.each(Object.entries(OF_PEOPLE))(
    'has what a person did by %s',
    async (_operation, [actions, operation]) => {
      expect((await operation()).status).toBeLessThan(300);
      const rows = (await log()).slice(0, actions.length);
      expect(rows.map(({ action }) => action)).toEqual(actions);
      for (const row of rows) {
        expect(row.actor).toEqual({ type: 'person', id: expect.any(Number), name: 'A viewer' });
        expect(JSON.stringify(row)).not.toMatch(/@example|umbrella/);
      }
    },
  );

  it.each(Object.entries(NOT_RECORDED))('has nothing of %s', async (_operation, [path, body]) => {
    const sent = await body();
    const [last] = await log();
    expect((await world.call('POST', path, sent)).status).toBe(200);
    expect((await log())[0]).toEqual(last);
  });

  it('has nothing of a user who is triggered', async () => {
    const workflowId = await published();
    const [last] = await log();
    const answer = await world.call('POST', '/api/workflows/triggerWorkflow', { workflowId, email: EMAIL });
    expect(answer.status).toBe(200);
    expect((await log())[0]).toEqual(last);
  });
});
