import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isOutage } from '../../db/connection/outage';
import { ApiError, badParams, ERROR_STATUS, type ErrorCode, pathText } from '../../domain/errors';
import { sizeText } from '../../domain/size-text';
import { BODY_LIMIT } from './json';
import { type Fault, faultsOf, valueAt } from './faults';

/** The shape of every error, and of every answer of an Iterable-compatible call that has no other. */
export const Envelope = z
  .object({
    msg: z.string(),
    code: z.string(),
    params: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'Envelope', description: 'What happened, its code, and the fields concerned.' });
export type Envelope = z.infer<typeof Envelope>;

/** Spread into each route's responses. */
export const ERRORS = { '4xx': Envelope, '5xx': Envelope } as const;

/** Iterable's clients know only Iterable's codes. The status stays. */
const ITERABLE_CODE: Partial<Record<ErrorCode, string>> = {
  Conflict: 'ExternalKeyConflict',
  GenericServerError: 'GenericError',
  PayloadTooLarge: 'BadJsonBody',
  RequestTimeout: 'BadJsonBody',
  SessionEnded: 'BadApiKey',
  TestRequired: 'BadParams',
  Unavailable: 'DatabaseError',
  UnsupportedMediaType: 'BadJsonBody',
};

/**
 * Answers an error with the envelope; logs those that are ours, once, with the request's id. Also for what fails
 * before a route is found, such as a URL that cannot be decoded.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const iterable = request.routeOptions?.config?.iterable === true;
  const known = requestErrorOf(error, request, iterable);
  if (ERROR_STATUS[known.code] >= 500) request.log.error({ err: printable(error) }, known.message);
  if (known.params?.retryAfter !== undefined) reply.header('retry-after', String(known.params.retryAfter));
  return reply
    .code(ERROR_STATUS[known.code])
    .type('application/json')
    .send({
      msg: known.message,
      code: (iterable && ITERABLE_CODE[known.code]) || known.code,
      params: known.params,
    } satisfies Envelope);
}

function requestErrorOf(error: unknown, request: FastifyRequest, iterable: boolean): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof z.ZodError) {
    const part = (error as { validationContext?: string }).validationContext;
    const faults = faultsOf(error.issues);
    return iterable && part === 'body' ? iterableFaults(faults, request.body) : fieldFaults(faults, part);
  }
  // First: a body that breaks off has the code of a connection to the database that does, but a status too.
  const framework = frameworkError(error as FastifyError, request.routeOptions?.bodyLimit);
  if (framework) return framework;
  if (isOutage(error)) {
    return new ApiError('Unavailable', 'The database cannot be reached. Send the request again shortly.');
  }
  return new ApiError('GenericServerError', `Something failed here. The log has it under ${request.id}.`);
}

function fieldFaults(faults: Fault[], part = 'request'): ApiError {
  const named = faults.map((fault) => [pathText(fault.path) || part, fault.message] as const);
  // Of several faults of one field the first counts, and so stands last: the others may follow from it.
  return badParams({ ...Object.fromEntries(named), ...Object.fromEntries(named.reverse()) });
}

/** Iterable's own words for a body of the wrong shape: `{"obj.total":[{"msg":["error.path.missing"],"args":[]}]}`. */
function iterableFaults(faults: Fault[], body: unknown): ApiError {
  const named = faults.map((fault) => {
    const missing = (valueAt(body, fault.path) ?? null) === null;
    const message = missing
      ? 'error.path.missing'
      : fault.expected === undefined
        ? fault.message
        : `error.expected.${JS_TYPE[fault.expected] ?? `js${fault.expected}`}`;
    const path = pathText(fault.path);
    return [path === '' ? 'obj' : `obj.${path}`, message] as const;
  });
  return new ApiError(
    'BadJsonBody',
    `The body cannot be used: ${named.map(([path, message]) => `${path} ${message}`).join(', ')}`,
    Object.fromEntries(named.map(([path, message]) => [path, [{ msg: [message], args: [] }]])),
  );
}

const JS_TYPE: Record<string, string> = {
  int: 'jsnumber',
  record: 'jsobject',
};

/** The framework's own refusals, which come with a status and a text of their own. */
function frameworkError(
  { statusCode, code, message }: FastifyError,
  bodyLimit = BODY_LIMIT,
): ApiError | undefined {
  if (statusCode === 413) {
    return new ApiError(
      'PayloadTooLarge',
      `The body is larger than ${sizeText(bodyLimit)}. Send less at a time.`,
    );
  }
  if (statusCode === 415) {
    return new ApiError(
      'UnsupportedMediaType',
      'The body is not declared as JSON. Send the header “Content-Type: application/json”.',
    );
  }
  if (statusCode === undefined || statusCode < 400 || statusCode > 499) return undefined;
  if (code === 'ECONNRESET') return new ApiError('BadParams', 'The request broke off. Send it again.');
  return new ApiError(code?.startsWith('FST_ERR_CTP') ? 'BadJsonBody' : 'BadParams', message);
}

/**
 * What the log keeps of an error. A failed statement's own error quotes its parameters, and the server's quotes
 * values of the row: neither belongs there, so only the innermost message and the stack are kept.
 */
export function printable(error: unknown): object {
  let inner = error as Partial<Error> | null;
  while (typeof inner?.cause === 'object' && inner.cause !== null) inner = inner.cause;
  const { name, message = String(error), stack } = inner ?? {};
  return { type: name, code: (inner as { code?: unknown } | null)?.code, message, stack };
}
