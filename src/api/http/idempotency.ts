import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { KeyedRequest } from '../../db/idempotency';
import type { Actor } from '../../domain/audit';
import { writeJson } from '../../domain/lossless-json';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Set on a POST that starts and makes nothing: it takes no Idempotency-Key. */
    changesNothing?: true;
  }
}

const HEADER = 'idempotency-key';

const IdempotencyHeaders = z.looseObject({
  [HEADER]: z
    .string()
    .regex(/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'A key has 1 to 255 printable ASCII characters.')
    .optional()
    .describe('The same key answers the same for 24 hours, and does nothing again.'),
});

/** Every POST that is added to `app` from here on takes an Idempotency-Key. Its handler runs in `once`. */
export function registerIdempotency(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.method !== 'POST' || route.config?.changesNothing) return;
    route.schema = { ...route.schema, headers: IdempotencyHeaders };
  });
}

/**
 * The request as its key stands for it; undefined without a key. `content` tells a body that was read by the handler
 * from others.
 */
export function keyedRequestOf(request: FastifyRequest, content?: Buffer): KeyedRequest | undefined {
  const key = request.headers[HEADER];
  if (typeof key !== 'string') return undefined;
  const body = content?.toString('hex') ?? request.body ?? null;
  return {
    caller: nameOf(request.caller.actor),
    route: `${request.method} ${request.routeOptions.url}`,
    key,
    fingerprint: createHash('sha256')
      .update(writeJson([request.url, body]))
      .digest(),
  };
}

/** An API key by its id alone. */
function nameOf({ type, id }: Actor): string {
  return type === 'key' ? String(id) : `${type} ${id}`;
}
