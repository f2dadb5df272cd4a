import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { acceptImport } from '../../db/imports/files';
import { unknownListsAmong } from '../../db/lists/lists';
import type { ImportParameters } from '../../background/import-page';
import { ApiError } from '../../domain/errors';
import type { ImportFormat } from '../../transfer/rows';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { IdInPath, YesOrNo } from '../http/schemas';
import { brokenOff, LARGEST_FILE, receiveFile, tooLarge } from './upload';

const FORMATS: Record<string, ImportFormat> = { 'text/csv': 'csv', 'application/x-ndjson': 'ndjson' };

const Query = z.strictObject({
  updateExistingUsersOnly: YesOrNo.describe('True refuses users who are not known yet.'),
  mergeNestedObjects: YesOrNo.describe('Left out, a top-level object is replaced whole.'),
});

const schema = {
  tags: ['Users'],
  consumes: Object.keys(FORMATS),
  querystring: Query,
  body: z
    .custom((body) => body instanceof Readable)
    .meta({ type: 'string', format: 'binary' })
    .describe(
      'CSV with a header, or a JSON object a line: {"email" or "userId", "dataFields"}. At most 1 GiB.',
    ),
  response: {
    202: z.object({ jobId: z.string().describe('GET /api/jobs/{id} tells its progress.') }),
    ...ERRORS,
  },
};

/** Files of users. What is accepted is stored, and applied page by page by a job. */
export function importRoutes(app: Api, deps: AppDeps): void {
  app.register(async (scope) => {
    const api = scope as Api;
    takeFiles(api);
    usersRoute(api, deps);
    listRoute(api, deps);
  });
}

/** The body is handed on as it comes; one that cannot be used is not waited for. */
function takeFiles(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(Object.keys(FORMATS), (_request, body, done) => done(null, body));
  api.addHook('onRequest', async ({ headers }) => void formatOf(headers));
}

function unsupported(): ApiError {
  return new ApiError(
    'UnsupportedMediaType',
    'The file is declared neither as “Content-Type: text/csv” nor as “application/x-ndjson”, in UTF-8 and not compressed.',
  );
}

function usersRoute(api: Api, deps: AppDeps): void {
  api.route({
    method: 'POST',
    url: '/users/import',
    config: { scope: 'trigger' },
    schema: {
      operationId: 'importUsers',
      summary: 'Import users from a file',
      description: 'Updates or makes the user of each row.',
      ...schema,
    },
    handler: async (request, reply) => reply.code(202).send(await accept(deps, request, request.query)),
  });
}

function listRoute(api: Api, deps: AppDeps): void {
  api.route({
    method: 'POST',
    url: '/lists/:id/import',
    config: { scope: 'trigger' },
    schema: {
      operationId: 'importListUsers',
      summary: 'Import users onto a list',
      description: 'Updates or makes the user of each row, and puts them on the list.',
      params: IdInPath,
      ...schema,
    },
    handler: async (request, reply) => {
      const { id } = request.params;
      if ((await unknownListsAmong(deps.db, [id])).length > 0) throw noList(id);
      return reply.code(202).send(await accept(deps, request, request.query, id));
    },
  });
}

export function noList(id: number): ApiError {
  return new ApiError('NotFound', `There is no list ${id}. GET /api/lists has them all.`);
}

async function accept(
  { db, nudgeJobs }: AppDeps,
  request: FastifyRequest,
  { updateExistingUsersOnly, mergeNestedObjects }: z.infer<typeof Query>,
  listId?: number,
): Promise<{ jobId: string }> {
  const format = formatOf(request.headers);
  const { id, head, total } = await receiveFile(db, request.body as Readable, format);
  const flags = { updateExistingUsersOnly, mergeNestedObjects };
  const parameters: ImportParameters = { format, ...head, listId, ...flags };
  if (!(await acceptImport(db, { id, kind: 'import', parameters: { ...parameters }, total })))
    throw brokenOff();
  nudgeJobs();
  return { jobId: id };
}

/** Throws for a body that is declared as too large, or as anything else but a file in UTF-8. */
function formatOf(headers: FastifyRequest['headers']): ImportFormat {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const format = FORMATS[type.trim()];
  const charset = parameters.map((text) => /^\s*charset="?([^"]*)"?\s*$/.exec(text)?.[1]).find(Boolean);
  const plain = ['utf-8', 'utf8', 'us-ascii', undefined].includes(charset);
  const coded = (headers['content-encoding'] ?? 'identity') !== 'identity';
  if (format === undefined || !plain || coded) throw unsupported();
  if (Number(headers['content-length'] ?? 0) > LARGEST_FILE) throw tooLarge();
  return format;
}
