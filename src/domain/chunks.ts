import { writeJson } from './lossless-json';

/** Characters of JSON that are read, merged and written at a time. */
const LARGEST = 262_144;

/**
 * Items in chunks of at most `most`, and of so little JSON that a chunk takes tens of milliseconds: one of its own for an
 * item that is larger.
 */
export function* chunksOf<Item>(
  items: Item[],
  most: number,
  jsonOf: (item: Item) => unknown,
): Generator<Item[]> {
  let chunk: Item[] = [];
  let size = 0;
  for (const item of items) {
    const length = writeJson(jsonOf(item)).length;
    if (chunk.length > 0 && (chunk.length === most || size + length > LARGEST)) {
      yield chunk;
      [chunk, size] = [[], 0];
    }
    chunk.push(item);
    size += length;
  }
  if (chunk.length > 0) yield chunk;
}
