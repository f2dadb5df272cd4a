import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../../domain/errors';
import { jsonTrapIn, textOfTrap } from '../../domain/json';

/** Bytes of one request's body. */
export const BODY_LIMIT = 1_048_576;

/** Bodies are JSON; every other content type is refused. An empty body is no body. */
export function registerJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, parseJson(textOf(bytes as Buffer)));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
}

/** What is not UTF-8 would be stored with its characters replaced. */
function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new ApiError('BadJsonBody', 'The body is not UTF-8. Send it as UTF-8, and not compressed.');
}

/** Throws `BadJsonBody` for what is not JSON, is nested deeper than 32 levels, or hides a trap. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  const value = readJson(text);
  refuseTraps(value);
  return value;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const position = /position (\d+)/.exec((cause as Error).message)?.[1];
    const where = position === undefined ? '' : ` at position ${position}`;
    throw new ApiError(
      'BadJsonBody',
      `The body is not JSON${where}. Check its quotes, commas and brackets.`,
      null,
      { cause },
    );
  }
}

function refuseTraps(value: unknown): void {
  const trap = jsonTrapIn(value);
  if (trap !== undefined) throw new ApiError('BadJsonBody', textOfTrap(trap, 'The body'));
}
