import * as zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { sizeText } from '../../domain/size-text';
import { type BodyFault, failureFor } from '../failure';

/** What came of the body of an answer. */
export interface AnswerBody {
  /** The beginning, or all of it; decompressed. */
  body: Buffer;
  /** Why `body` is not the whole body; absent if it is. */
  bodyFault?: BodyFault;
}

/** More would be an attack. */
const MAX_CODINGS = 5;

/** Compressions that a detail may name: anything else could be data. */
const NAMED = ['aes128gcm', 'compress', 'dcb', 'dcz', 'exi', 'pack200-gzip', 'x-compress', 'zstd'];

/**
 * Reads a body to its end or to the limit, which holds before and after it is decompressed. Wayhook asks for no
 * compression, but some endpoints compress all the same.
 */
export async function readBody(
  body: AsyncIterable<Buffer>,
  headers: Record<string, string>,
  maxBytes: number,
): Promise<AnswerBody> {
  const received = await readUpTo(maxBytes, body, failureFor);
  const codings = received.body.length === 0 ? [] : codingsOf(headers).reverse();
  if (codings.length > MAX_CODINGS)
    return undecodable(received, 'The endpoint compressed its answer too often.');
  let decoded = received;
  for (const coding of codings) decoded = await decode(decoded, coding, maxBytes);
  return decoded;
}

/** Compressions in the order in which they were applied. */
function codingsOf(headers: Record<string, string>): string[] {
  return [headers['content-encoding'], headers['transfer-encoding']]
    .flatMap((value) => value?.toLowerCase().split(',') ?? [])
    .map((coding) => coding.trim())
    .filter((coding) => !['', 'identity', 'chunked'].includes(coding));
}

async function decode(received: AnswerBody, coding: string, maxBytes: number): Promise<AnswerBody> {
  const decoder = decoderFor(coding, received);
  if (decoder === undefined) {
    const name = NAMED.includes(coding) ? `with ${coding}` : 'in a way that is not known';
    return undecodable(
      received,
      `The endpoint compressed its answer ${name}, although that was not asked for.`,
    );
  }
  decoder.end(received.body);
  const { body, bodyFault } = await readUpTo(maxBytes, decoder, () => ({
    reason: 'not_json',
    detail: 'The answer is not compressed as its Content-Encoding says.',
  }));
  return { body, bodyFault: received.bodyFault ?? bodyFault };
}

function undecodable({ bodyFault }: AnswerBody, detail: string): AnswerBody {
  return { body: Buffer.alloc(0), bodyFault: bodyFault ?? { reason: 'not_json', detail } };
}

/** Undefined for a compression that this version of Node does not know. */
function decoderFor(coding: string, { body, bodyFault }: AnswerBody): Transform | undefined {
  const { BROTLI_OPERATION_FLUSH, Z_SYNC_FLUSH } = zlib.constants;
  // What was cut is decompressed as far as it goes.
  const options = bodyFault ? { finishFlush: Z_SYNC_FLUSH } : {};
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip(options);
    case 'deflate':
      // Some endpoints leave out the header of two bytes.
      return hasZlibHeader(body) ? zlib.createInflate(options) : zlib.createInflateRaw(options);
    case 'br':
      return zlib.createBrotliDecompress(bodyFault ? { finishFlush: BROTLI_OPERATION_FLUSH } : {});
    case 'zstd':
      return (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress?.();
    default:
      return undefined;
  }
}

function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && (body[0]! & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

/** Leaving the loop early closes the source: a connection with an unread body would be blocked. */
async function readUpTo(
  maxBytes: number,
  source: AsyncIterable<Buffer>,
  faultOf: (error: unknown) => BodyFault,
): Promise<AnswerBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  let bodyFault: BodyFault | undefined;
  try {
    for await (const chunk of source) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > maxBytes) break;
    }
  } catch (error) {
    bodyFault = faultOf(error);
  }
  if (size > maxBytes) {
    const detail = `The answer is larger than ${sizeText(maxBytes)}. Let the endpoint answer with less.`;
    bodyFault = { reason: 'response_too_large', detail };
  }
  return { body: Buffer.concat(chunks, Math.min(size, maxBytes)), bodyFault };
}
