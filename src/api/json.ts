import type { FastifyInstance } from 'fastify';
import { RequestError } from '../domain/errors';

/** Bytes of one request's body. */
export const BODY_LIMIT = 1_048_576;

const MAX_DEPTH = 32;

/** Bodies are JSON; every other content type is refused. An empty body is no body. */
export function registerJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, parseJson(text as string));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

/** Throws `BadJsonBody` for what is not JSON, is nested deeper than 32 levels, or hides a trap. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  const value = readJson(text);
  refuseTraps(value, 1);
  return value;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const position = /position (\d+)/.exec((cause as Error).message)?.[1];
    const where = position === undefined ? '' : ` at position ${position}`;
    throw new RequestError(
      'BadJsonBody',
      `The body is not JSON${where}. Check its quotes, commas and brackets.`,
      null,
      { cause },
    );
  }
}

function refuseTraps(value: unknown, depth: number): void {
  if (typeof value === 'string') return refuseNul(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) {
    throw new RequestError('BadJsonBody', `The body is nested deeper than ${MAX_DEPTH} levels. Flatten it.`);
  }
  if (Object.hasOwn(value, '__proto__')) {
    throw new RequestError('BadJsonBody', 'The body has a field named “__proto__”. Rename it.');
  }
  for (const [name, inner] of Object.entries(value)) {
    refuseNul(name);
    refuseTraps(inner, depth + 1);
  }
}

/** Postgres keeps no text with a NUL in it. */
function refuseNul(text: string): void {
  if (text.includes('\0')) {
    throw new RequestError('BadJsonBody', 'The body has a NUL character (\\u0000) in a text. Remove it.');
  }
}
