import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { acceptImport, removeImport } from '../../db/imports/files';
import { unknownListsAmong } from '../../db/lists/lists';
import type { ImportParameters } from '../../background/import-page';
import { ApiError } from '../../domain/errors';
import type { ImportFormat } from '../../transfer/rows';
import { type Done, recorded } from '../../usecases/audit/record';
import type { Api, AppDeps } from '../deps';
import type { RequestDeps } from '../http/author';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';
import { IdInPath, YesOrNo } from '../http/schemas';
import { FILE_MS } from '../http/slow-bodies';
import { fileNameIn } from './file-name';
import { brokenOff, LARGEST_FILE, receiveFile, tooLarge } from './upload';

const FORMATS = new Map<string, ImportFormat>([
  ['text/csv', 'csv'],
  ['application/x-ndjson', 'ndjson'],
]);

const Query = z.strictObject({
  updateExistingUsersOnly: YesOrNo.describe('True refuses users who are not known yet.'),
  mergeNestedObjects: YesOrNo.describe('Left out, a top-level object is replaced whole.'),
});

const config = { scope: 'trigger', bodyMs: FILE_MS } as const;
const schema = {
  headers: z.looseObject({
    'content-disposition': z
      .string()
      .optional()
      .describe('How the job shows the file: attachment; filename="people.csv", or filename*=UTF-8\'\'….'),
  }),
  tags: ['Users'],
  consumes: [...FORMATS.keys()],
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
  api.addContentTypeParser([...FORMATS.keys()], (_request, body, done) => done(null, body));
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
    config,
    schema: {
      operationId: 'importUsers',
      summary: 'Import users from a file',
      description: 'Updates or makes the user of each row.',
      ...schema,
    },
    handler: (request, reply) => accept(deps, request, reply, request.query),
  });
}

function listRoute(api: Api, deps: AppDeps): void {
  api.route({
    method: 'POST',
    url: '/lists/:id/import',
    config,
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
      return accept(deps, request, reply, request.query, id);
    },
  });
}

export function noList(id: number): ApiError {
  return new ApiError('NotFound', `There is no list ${id}. GET /api/lists has them all.`);
}

function importOf(jobId: string, rows: number, listId: number | undefined): Done {
  return { action: listId === undefined ? 'user.import' : 'list.import', id: listId, after: { jobId, rows } };
}

/** The content of the file tells the request from others with its Idempotency-Key, so it is received first. */
async function accept(
  deps: AppDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { updateExistingUsersOnly, mergeNestedObjects }: z.infer<typeof Query>,
  listId?: number,
): Promise<{ jobId: string }> {
  const format = formatOf(request.headers);
  const { id, head, total, sha256 } = await receiveFile(deps.db, request.body as Readable, format);
  const flags = { updateExistingUsersOnly, mergeNestedObjects };
  const parameters: ImportParameters = { format, ...head, listId, ...flags };
  const about = { listId, fileName: fileNameIn(request.headers['content-disposition']) };
  let accepted = false;
  const work = async ({ db, author, nudgeJobs }: RequestDeps) => {
    accepted = await recorded(
      { db, author },
      (tx) => acceptImport(tx, { id, kind: 'import', about, parameters: { ...parameters }, total }),
      (done) => (done ? importOf(id, total, listId) : undefined),
    );
    if (!accepted) throw brokenOff();
    nudgeJobs();
    reply.code(202);
    return { jobId: id };
  };
  try {
    return await once(deps, request, reply, work, { content: sha256 });
  } finally {
    if (!accepted) await removeImport(deps.db, id).catch(() => undefined);
  }
}

/** Throws for a body that is declared as too large, or as anything else but a file in UTF-8. */
function formatOf(headers: FastifyRequest['headers']): ImportFormat {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  const format = FORMATS.get(type.trim());
  const charset = parameters.map((text) => /^\s*charset="?([^"]*)"?\s*$/.exec(text)?.[1]).find(Boolean);
  const plain = ['utf-8', 'utf8', 'us-ascii', undefined].includes(charset);
  const coded = (headers['content-encoding'] ?? 'identity') !== 'identity';
  if (format === undefined || !plain || coded) throw unsupported();
  if (Number(headers['content-length'] ?? 0) > LARGEST_FILE) throw tooLarge();
  return format;
}
