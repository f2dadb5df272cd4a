import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import {
  countUnread,
  listNotifications,
  markAllRead,
  markNotification,
  type NotificationRow,
  placeOf,
} from '../../db/notifications/notifications';
import { ApiError } from '../../domain/errors';
import { NotificationKind, NotificationLevel, notificationTextOf } from '../../domain/notification';
import { recorded } from '../../usecases/audit/record';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { IdKey, NEXT_PAGE, PAGE, readPage } from '../http/paging';
import { IdInPath, Instant, Time } from '../http/schemas';

const Notification = z
  .object({
    id: z.int(),
    level: NotificationLevel,
    kind: NotificationKind,
    title: z.string(),
    text: z.string(),
    webhookId: z.int().optional(),
    journeyId: z.int().optional().describe('Where it happened last, as tileId.'),
    tileId: z.string().optional(),
    lastEntryId: z.string().optional(),
    lastDeliveryId: z.string().optional(),
    count: z.int().describe('How often it has happened.'),
    read: z.boolean(),
    createdAt: Time,
    updatedAt: Time.describe('When it happened last. ISO-8601, UTC'),
  })
  .describe('What an operator should know of: one for each webhook and kind, counted.');

/** A place in the list, as a page token carries it. */
const Place = z.object({ rank: z.int().min(0).max(9), at: Instant, id: IdKey });

const TAGS = ['Notifications'];
const config = { scope: 'integrations' } as const;

/** The notification center (B030, B130). */
export function notificationRoutes(app: Api, deps: AppDeps): void {
  listRoute(app, deps.db);
  markRoutes(app, deps);
}

function listRoute(app: Api, db: Database): void {
  app.route({
    method: 'GET',
    url: '/notifications',
    config: { ...config, forAllReaders: true },
    schema: {
      operationId: 'listNotifications',
      summary: 'List notifications',
      description: 'What happened last comes first, or what `sort` says.',
      tags: TAGS,
      querystring: z.strictObject({
        unread: z.enum(['true', 'false']).default('false').describe('Only those not read.'),
        read: z.enum(['true', 'false']).default('false').describe('Only those read.'),
        sort: z
          .enum(['updatedAt', 'createdAt', 'level'])
          .default('updatedAt')
          .describe('The latest first, or the worst and of those the latest.'),
        ...PAGE,
      }),
      response: {
        200: z.object({
          notifications: z.array(Notification),
          unread: z.int().describe('How many there are that nobody has read.'),
          ...NEXT_PAGE,
        }),
        ...ERRORS,
      },
    },
    handler: async ({ query }) => {
      const { unread, read, sort: order } = query;
      const filter = { order, read: unread === read ? undefined : read === 'true' };
      const { rows, ...next } = await readPage(query, {
        key: Place,
        keyOf: (row: NotificationRow) => placeOf(row, order),
        read: (limit, place) => listNotifications(db, filter, { place, limit }),
      });
      return { notifications: rows.map(notificationOf), unread: await countUnread(db), ...next };
    },
  });
}

function markRoutes(app: Api, deps: AppDeps): void {
  for (const mark of ['read', 'unread'] as const) {
    app.route({
      method: 'POST',
      url: `/notifications/:id/${mark}`,
      config,
      schema: {
        operationId: `markNotification${mark === 'read' ? 'Read' : 'Unread'}`,
        summary: `Mark a notification as ${mark}`,
        tags: TAGS,
        params: IdInPath,
        response: { 200: Notification, ...ERRORS },
      },
      handler: (request, reply) =>
        once(deps, request, reply, async (own) => {
          const { id } = request.params;
          const marked = await recorded(
            own,
            (tx) => markNotification(tx, id, mark === 'read'),
            (row) => row && { action: `notification.${mark}`, id },
          );
          return notificationOf(marked ?? unknown(id));
        }),
    });
  }
  app.route({
    method: 'POST',
    url: '/notifications/readAll',
    config,
    schema: {
      operationId: 'markAllNotificationsRead',
      summary: 'Mark all notifications as read',
      tags: TAGS,
      response: {
        200: z.object({ marked: z.int().describe('How many were unread until now.') }),
        ...ERRORS,
      },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => ({
        marked: await recorded(own, markAllRead, () => ({ action: 'notification.readAll' })),
      })),
  });
}

function notificationOf(row: NotificationRow): z.infer<typeof Notification> {
  const { id, kind, count, read } = row;
  return {
    ...{ id, kind, count, read },
    ...notificationTextOf(row),
    webhookId: row.webhookId ?? undefined,
    journeyId: row.journeyId ?? undefined,
    tileId: row.tileId ?? undefined,
    lastEntryId: row.lastEntryId ?? undefined,
    lastDeliveryId: row.lastDeliveryId ?? undefined,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function unknown(id: number): never {
  throw new ApiError('NotFound', `There is no notification ${id}. GET /api/notifications lists them.`);
}
