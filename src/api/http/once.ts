import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  findKey,
  insertAnswer,
  type KeptAnswer,
  type KeyedRequest,
  lockKey,
  releaseKey,
  reserveKey,
  storeAnswer,
} from '../../db/idempotency';
import type { Sealer } from '../../db/secrets/seal';
import { ApiError } from '../../domain/errors';
import type { AppDeps } from '../deps';
import { forRequest, type RequestDeps } from './author';
import { transactWith } from './bound-deps';
import { keyedRequestOf } from './idempotency';

/*
 * The handlers of calls that take an Idempotency-Key. Only successes are remembered: what was refused, or failed, did
 * nothing, and may be sent again with the same key. An answer is a text from here on, so that it is repeated byte for
 * byte, also by a later version; the type of `work` is that of the body.
 */

const JSON_TYPE = 'application/json; charset=utf-8';

const RETRY_AFTER_S = 1;

/** How long a request may be under way before a crash is assumed: longer than any test of a webhook takes. */
const RESERVED_MS = 120_000;

interface Options<Ready> {
  /** Of a body that is a stream: what tells its content from others. */
  content?: Buffer;
  /** What has to be known before, and must not be asked for while a transaction is open. */
  before?: () => Promise<Ready>;
}

/**
 * Answers a request. If it has an Idempotency-Key, `work` and the record of its answer are one transaction, to which the
 * deps that it gets are bound, and the same request is answered the same for 24 hours. What `work` enqueues and
 * nudges takes effect after the commit. It must set the status before it returns, and send nothing itself.
 */
export async function once<Answer, Ready = undefined>(
  deps: AppDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (own: RequestDeps, ready: Ready) => Promise<Answer>,
  { content, before }: Options<Ready> = {},
): Promise<Answer> {
  const keyed = keyedRequestOf(request, content);
  // What cannot be known now, because the first request has changed it, is not needed to repeat its answer.
  const repeated = keyed && before && (await repeat(deps, keyed, reply));
  if (repeated !== undefined) return repeated as Answer;
  const ready = (await before?.()) as Ready;
  const own = forRequest(deps, request);
  if (keyed === undefined) return work(own, ready);
  return (await inTransaction(own, keyed, reply, (bound) => work(bound, ready))) as Answer;
}

/**
 * The same for work that is no single transaction, such as a call to someone's endpoint: its key is reserved
 * beforehand. If the process dies meanwhile, the key is free again after two minutes, and the work may be done again.
 */
export async function onceReserved<Answer>(
  deps: AppDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (own: RequestDeps) => Promise<Answer>,
): Promise<Answer> {
  const keyed = keyedRequestOf(request);
  const own = forRequest(deps, request);
  if (keyed === undefined) return work(own);
  const by = randomUUID();
  if (!(await reserveKey(deps.db, keyed, { by, forMs: RESERVED_MS }))) {
    return ((await repeat(deps, keyed, reply)) ?? refuseUnderWay(reply)) as Answer;
  }
  try {
    const text = textOf(reply, await work(own));
    await storeAnswer(deps.db, keyed, by, sealed(deps.sealer, keyed, reply, text));
    return text as Answer;
  } catch (error) {
    // With the database away this fails as well: then the key is free when its time is over.
    await releaseKey(deps.db, keyed, by).catch(() => undefined);
    throw error;
  }
}

/** The earlier answer to the same request, if there is one. Throws `Conflict` for another request. */
async function repeat(
  { db, sealer }: AppDeps,
  keyed: KeyedRequest,
  reply: FastifyReply,
): Promise<string | undefined> {
  const found = await findKey(db, keyed);
  if (found === undefined) return undefined;
  if (!found.fingerprint.equals(keyed.fingerprint)) {
    throw new ApiError(
      'Conflict',
      'This Idempotency-Key came with another request before. Send a new key for a new request.',
    );
  }
  if (found.answer === undefined) return refuseUnderWay(reply);
  const { status, sealed } = found.answer;
  reply.code(status).type(JSON_TYPE).header('idempotent-replayed', 'true');
  return sealer.open(purposeOf(keyed), sealed);
}

async function inTransaction<Answer>(
  deps: RequestDeps,
  keyed: KeyedRequest,
  reply: FastifyReply,
  work: (own: RequestDeps) => Promise<Answer>,
): Promise<string> {
  return transactWith(deps, async (own) => {
    if (!(await lockKey(own.db, keyed))) refuseUnderWay(reply);
    const repeated = await repeat(own, keyed, reply);
    if (repeated !== undefined) return repeated;
    const answer = textOf(reply, await work(own));
    const stored = await insertAnswer(own.db, keyed, sealed(deps.sealer, keyed, reply, answer));
    return stored ? answer : refuseUnderWay(reply);
  });
}

function textOf(reply: FastifyReply, answer: unknown): string {
  reply.type(JSON_TYPE);
  return String(reply.serialize(answer));
}

function sealed(sealer: Sealer, keyed: KeyedRequest, { statusCode }: FastifyReply, text: string): KeptAnswer {
  return { status: statusCode, sealed: sealer.seal(purposeOf(keyed), text) };
}

/** Binds an answer to its key. */
function purposeOf({ caller, route, key }: KeyedRequest): string {
  return `idempotency ${caller} ${route} ${key}`;
}

function refuseUnderWay(reply: FastifyReply): never {
  reply.header('retry-after', RETRY_AFTER_S);
  throw new ApiError(
    'Conflict',
    `The request with this Idempotency-Key is still under way. Send it again in ${RETRY_AFTER_S} second.`,
  );
}
