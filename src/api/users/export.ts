import { badParams } from '../../domain/errors';
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Database } from '../../db/connection/client';
import { readExport } from '../../db/users/export';
import { isList } from '../../db/lists/lists';
import { listProfileFields } from '../../db/users/profile-fields';
import { MOST_FIELDS } from '../../domain/users/profile';
import { IMPORT_FORMATS, type ImportFormat } from '../../transfer/rows';
import { createWriter, type Writer } from '../../transfer/write';
import type { Api, AppDeps } from '../deps';
import { ERRORS, printable } from '../http/errors';
import { noList } from './import';
import { IdInPath } from '../http/schemas';

const TYPES: Record<ImportFormat, string> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson',
};

const Query = z.strictObject({ format: z.enum(IMPORT_FORMATS).default('csv') });

const config = { scope: 'trigger' } as const;
const schema = {
  tags: ['Users'],
  querystring: Query,
  response: {
    200: {
      description: 'A row for each user, in the order in which they came. It can be imported again.',
      content: { 'text/csv': { schema: z.string() }, 'application/x-ndjson': { schema: z.string() } },
    },
    ...ERRORS,
  },
};

/** Files of users, for an import or for other programs. */
export function exportRoutes(app: Api, { db }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/users/export',
    config,
    schema: {
      operationId: 'exportUsers',
      summary: 'Export all users',
      description: 'All users, with their profiles.',
      ...schema,
    },
    handler: ({ query }, reply) => send(db, reply, query.format),
  });
  app.route({
    method: 'GET',
    url: '/lists/:id/export',
    config,
    schema: {
      operationId: 'exportListUsers',
      summary: 'Export the users of a list',
      description: 'The users of a list, with their profiles.',
      params: IdInPath,
      ...schema,
    },
    handler: async ({ params: { id }, query }, reply) => {
      if (!(await isList(db, id))) throw noList(id);
      return send(db, reply, query.format, id);
    },
  });
}

async function send(
  db: Database,
  reply: FastifyReply,
  format: ImportFormat,
  listId?: number,
): Promise<string> {
  const types = await listProfileFields(db);
  if (format === 'csv' && Object.keys(types).length > MOST_FIELDS) {
    const message = `Profiles have more than ${MOST_FIELDS} fields, too many for columns. Ask for ndjson.`;
    throw badParams({ format: message });
  }
  const writer = createWriter(format);
  const name = listId === undefined ? 'users' : `list-${listId}`;
  void reply.type(TYPES[format]).header('content-disposition', `attachment; filename="${name}.${format}"`);
  const file = Readable.from(fileOf(db, writer, writer.begin(types), listId));
  // The connection breaks then, so the reader knows that the file is incomplete, but not why.
  file.once('error', (error) => reply.log.warn({ err: printable(error) }, 'an export broke off'));
  return file as unknown as string;
}

/** A page of users at a time, the next once somebody takes it. Throws where it cannot know that it had all of them. */
async function* fileOf(db: Database, writer: Writer, begin: string, listId?: number): AsyncGenerator<string> {
  yield begin;
  let after = 0;
  for (;;) {
    const users = await readExport(db, { listId, after });
    if (users.length === 0) break;
    yield writer.users(users);
    after = users.at(-1)!.id;
  }
  if (listId !== undefined && !(await isList(db, listId))) throw noList(listId);
}
