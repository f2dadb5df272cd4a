import {
  type ConverterHint,
  defaultPayloadConverter,
  type Payload,
  type PayloadConverter,
  type SerializationContext,
} from '@temporalio/common';
import { hasExactNumber, isDeeperThan, readJson, writeJson } from '../domain/lossless-json';

/* How payloads are read and written, in clients, in workers and in the bundle with the workflow code. */

/**
 * What a payload that cannot be read becomes. Anybody may send one with a start, a signal, a query, an update or an
 * activity's answer. The SDK's own converter throws there, which makes a workflow task fail and be retried for ever.
 * Whoever reads a payload refuses this value like any other of a wrong form.
 */
export const UNREADABLE = Object.freeze({ unreadable: true });

/** Deeper than anything of ours. What is nested much deeper could not be encoded again: that needs too much stack. */
const MAX_DEPTH = 500;

export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) =>
    hasExactNumber(value) ? jsonPayload(value) : defaultPayloadConverter.toPayload(value, context, hint),

  fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T {
    try {
      if (isJson(payload)) return read(payload.data!) as T;
      return defaultPayloadConverter.fromPayload(payload, context, hint);
    } catch {
      return UNREADABLE as T;
    }
  },
};

/** Throws for bytes that are no UTF-8. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

function isJson({ metadata }: Payload): boolean {
  return utf8.decode(metadata!.encoding!) === 'json/plain';
}

/** The data of a bare start may have numbers that JavaScript would round. */
function jsonPayload(value: unknown): Payload {
  const bytes = new TextEncoder();
  return { metadata: { encoding: bytes.encode('json/plain') }, data: bytes.encode(writeJson(value)) };
}

/** Throws for what is not JSON. */
function read(bytes: Uint8Array): unknown {
  const text = utf8.decode(bytes);
  return isDeeperThan(MAX_DEPTH, text) ? UNREADABLE : readJson(text);
}
