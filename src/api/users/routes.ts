import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { listProfileFields } from '../../db/users/profile-fields';
import type { UserRow } from '../../db/users/lock';
import { findUser, updateUser, type UserUpdate as UserUpdateValues } from '../../db/users/users';
import { type Identity, MOST_FIELDS } from '../../domain/users/profile';
import type { Api, AppDeps } from '../deps';
import { Envelope, ERRORS } from '../http/errors';
import { once } from '../http/once';
import { identifiersOf, missingIdentity } from './identity';

/** Fields of a profile, as one update brings them. */
export const ProfileFields = z
  .record(z.string().min(1).max(256), z.unknown())
  .refine(
    (fields) => Object.keys(fields).length <= MOST_FIELDS,
    `One update writes at most ${MOST_FIELDS} fields. Send the others in another.`,
  );

export const UserUpdate = z.object({
  email: z.string().nullish(),
  userId: z.string().nullish(),
  dataFields: ProfileFields.nullish(),
  mergeNestedObjects: z.boolean().nullish().describe('Left out, a top-level object is replaced whole.'),
  createNewFields: z.boolean().nullish().describe('False leaves out fields that no user has had yet.'),
  preferUserId: z.boolean().nullish().describe('Accepted and not needed: a user is created either way.'),
});

const OneUserUpdate = UserUpdate.extend({
  expected: ProfileFields.optional().describe(
    'Fields with the values that you saw, null for none: if one has another value by now, nothing is changed (412 Stale).',
  ),
});

const User = z.object({
  user: z
    .object({
      email: z.string().describe('Empty for a user who has a userId alone.'),
      userId: z.string().optional(),
      dataFields: z.record(z.string(), z.unknown()),
      tags: z.array(z.string()).optional().describe('Left out when there are none.'),
    })
    .optional()
    .describe('Left out when there is no such user.'),
});

const TAGS = ['Iterable-compatible'];
const config = { scope: 'trigger', iterable: true } as const;

export function userRoutes(app: Api, deps: AppDeps): void {
  updateRoute(app, deps);
  readRoutes(app, deps);
  fieldsRoute(app, deps);
}

function updateRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/users/update',
    config: { ...config, example: { email: 'ada@example.com', dataFields: { plan: 'pro' } } },
    schema: {
      operationId: 'updateUser',
      summary: 'Update a user',
      tags: TAGS,
      body: OneUserUpdate,
      response: { 200: Envelope, ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { expected, ...update } = request.body;
        await updateUser(own, { ...updateOf(update), ...(expected && { expected }) });
        return { msg: '', code: 'Success', params: null };
      }),
  });
}

/** Throws Iterable's errors for a missing or invalid identifier. */
export function updateOf(body: z.infer<typeof UserUpdate>): UserUpdateValues {
  const identifiers = identifiersOf(body);
  if (Object.keys(identifiers).length === 0) throw missingIdentity();
  return {
    ...identifiers,
    dataFields: body.dataFields ?? {},
    mergeNestedObjects: body.mergeNestedObjects ?? false,
    createNewFields: body.createNewFields ?? true,
  };
}

function readRoutes(app: Api, { db }: AppDeps): void {
  const response = { 200: User, ...ERRORS };
  app.route({
    method: 'GET',
    url: '/users/getByEmail',
    config,
    schema: {
      operationId: 'getUserByEmailQuery',
      summary: 'Get a user by email, as query parameter',
      tags: TAGS,
      querystring: z.object({ email: z.string() }),
      response,
    },
    handler: ({ query }) => read(db, { email: query.email }),
  });
  app.route({
    method: 'GET',
    url: '/users/:email',
    config,
    schema: {
      operationId: 'getUserByEmail',
      summary: 'Get a user by email',
      tags: TAGS,
      params: z.object({ email: z.string() }),
      response,
    },
    handler: ({ params }) => read(db, { email: params.email }),
  });
  app.route({
    method: 'GET',
    url: '/users/byUserId/:userId',
    config,
    schema: {
      operationId: 'getUserByUserId',
      summary: 'Get a user by userId',
      tags: TAGS,
      params: z.object({ userId: z.string() }),
      response,
    },
    handler: ({ params }) => read(db, { userId: params.userId }),
  });
}

function fieldsRoute(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/users/getFields',
    config,
    schema: {
      operationId: 'getUserFields',
      summary: 'List profile fields and their types',
      tags: TAGS,
      response: { 200: z.object({ fields: z.record(z.string(), z.string()) }), ...ERRORS },
    },
    handler: async () => ({ fields: await listProfileFields(db) }),
  });
}

/** A user that is not there is no error to Iterable's clients: the answer has no `user`. */
async function read(db: Database, identity: Identity): Promise<z.infer<typeof User>> {
  const { email, userId } = identifiersOf(identity);
  const user = email || userId ? await findUser(db, identity) : undefined;
  return user === undefined ? {} : { user: userOf(user) };
}

function userOf({ email, userId, dataFields, tags, createdAt, updatedAt }: UserRow) {
  return {
    email: email ?? '',
    ...(userId !== null && { userId }),
    dataFields: {
      signupDate: iterableTime(createdAt),
      signupSource: 'API',
      ...dataFields,
      profileUpdatedAt: iterableTime(updatedAt),
    },
    ...(tags.length > 0 && { tags }),
  };
}

/** `2025-01-31 09:30:00 +00:00` */
function iterableTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace('T', ' ')} +00:00`;
}
