import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../../domain/errors';

/** How long the head of a request may take, or a new connection send nothing. */
export const HEAD_MS = 30_000;

/** How long a body may take from its head to its end, where the route does not say otherwise. */
const BODY_MS = 60_000;

/** The same for the file of an import: 1 GiB at 2.4 Mbit/s. */
export const FILE_MS = 3_600_000;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long the body may take, in milliseconds. */
    bodyMs?: number;
  }
}

/** Refuses bodies that take too long, of requests to any route or to none; what is left unread after an answer too. */
export function limitBodyTime(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw, routeOptions: { config } }, _reply, done) => {
    if (hasBody(raw)) {
      const { bodyMs = BODY_MS } = config;
      const what = `The body did not come in within ${bodyMs / 1_000} seconds.`;
      const timer = setTimeout(() => refuseSlowBody(raw, what), bodyMs).unref();
      const clear = () => clearTimeout(timer);
      raw.once('end', clear).once('close', clear);
    }
    done();
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
}

/**
 * Fails a body, so that whoever reads it answers. To destroy it would close the connection before that; so it is
 * destroyed only if nobody reads it.
 */
export function refuseSlowBody(body: Readable, what: string): void {
  if (body.listenerCount('error') === 0) return void body.destroy();
  body.emit('error', new ApiError('RequestTimeout', `${what} Send the request again, faster.`));
}
