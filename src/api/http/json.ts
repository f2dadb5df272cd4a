import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { ApiError } from '../../domain/errors';
import { type JsonTrap, jsonTrapIn, MAX_JSON_DEPTH, textOfTrap } from '../../domain/json';
import { hasTooManyValues, isDeeperThan, readJson } from '../../domain/lossless-json';
import { giveWay } from '../../domain/turns';

/** Bytes of one request's body. */
export const BODY_LIMIT = 1_048_576;

/** Bodies are JSON; every other content type is refused. An empty body is no body. */
export function registerJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: unknown, bytes: Buffer) => parseJson(textOf(bytes)),
  );
}

/** What is not UTF-8 would be stored with its characters replaced. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new ApiError('BadJsonBody', 'The body is not UTF-8. Send it as UTF-8, and not compressed.');
}

/**
 * Throws `BadJsonBody` for what is not JSON, is nested deeper than 32 levels, or hides a trap. Others get a turn between
 * the steps, each of which takes tens of milliseconds for a large body.
 */
export async function parseJson(text: string): Promise<unknown> {
  // Some clients begin with a byte order mark.
  const json = text.replace(/^\ufeff/, '');
  if (json.trim() === '') return undefined;
  if (hasTooManyValues(json)) throw trapped(isDeeperThan(MAX_JSON_DEPTH, json) ? 'depth' : 'values');
  await giveWay();
  const value = valueOf(json);
  await giveWay();
  const trap = jsonTrapIn(value);
  if (trap !== undefined) throw trapped(trap);
  await giveWay();
  return value;
}

function valueOf(text: string): unknown {
  try {
    return readJson(text);
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

function trapped(trap: JsonTrap): ApiError {
  return new ApiError('BadJsonBody', textOfTrap(trap, 'The body'));
}
