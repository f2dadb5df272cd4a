import {
  countUnread,
  listNotifications,
  markAllRead,
  markNotification,
  type Alert,
  raiseNotification,
} from '../../../src/db/notifications/notifications';
import { notifications } from '../../../src/db/schema';
import { openPatiently, openTestDatabase, type TestDatabase } from '../../support/database';

const NOTHING = { webhookId: null, journeyId: null, tileId: null, entryId: null, deliveryId: null };
const MISSING: Alert = { ...NOTHING, kind: 'rate_limit_unenforced', detail: 'Two keys.', at: 1_000 };

describe('notifications', () => {
  let database: TestDatabase;
  beforeAll(async () => void (database = await openTestDatabase()));
  beforeEach(() => database.connection.db.delete(notifications));
  afterAll(async () => {
    await database.connection.close();
    await database.drop();
  });
  const list = () => listNotifications(database.connection.db, { order: 'updatedAt' }, { limit: 10 });

  it('without a webhook and a journey are counted in one row too', async () => {
    const { db } = database.connection;
    await raiseNotification(db, MISSING);
    await raiseNotification(db, { ...MISSING, detail: 'Three keys.', at: 2_000 });
    expect(await list()).toMatchObject([
      { count: 2, detail: 'Three keys.', createdAt: new Date(1_000), updatedAt: new Date(2_000) },
    ]);
  });

  it('lose no count when many are raised at once, by two processes (B030)', async () => {
    const { connection, url } = database;
    const other = url === undefined ? undefined : openPatiently(url);
    const raised = Array.from({ length: 200 }, (_, index) =>
      raiseNotification((index % 2 === 0 && other ? other : connection).db, { ...MISSING, at: index }),
    );
    const read = Array.from({ length: 10 }, () => markAllRead(connection.db));
    await Promise.all([...raised, ...read]);
    await other?.close();
    expect(await list()).toMatchObject([{ count: 200, updatedAt: new Date(199) }]);
  });

  it('are unread again when the failure recurs', async () => {
    const { db } = database.connection;
    await raiseNotification(db, MISSING);
    const id = (await list())[0]!.id;
    expect(await markNotification(db, id, true)).toMatchObject({ read: true, updatedAt: new Date(1_000) });
    expect(await countUnread(db)).toBe(0);
    await raiseNotification(db, { ...MISSING, at: 3_000 });
    expect(await list()).toMatchObject([{ read: false, updatedAt: new Date(3_000) }]);
    expect(await countUnread(db)).toBe(1);
  });
});
