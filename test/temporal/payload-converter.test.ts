import { readJson, writeJson } from '../../src/domain/lossless-json';
import { payloadConverter } from '../../src/temporal/payload-converter';

const bytes = new TextEncoder();
const json = (text: string) => ({
  metadata: { encoding: bytes.encode('json/plain') },
  data: bytes.encode(text),
});

it('a payload keeps each digit of its numbers, read and written', () => {
  const text = '{"id":7615917337495251231,"deep":[{"rate":0.1234567890123456789}],"n":1}';
  const value = payloadConverter.fromPayload(json(text));
  expect(writeJson(value)).toBe(text);
  expect(payloadConverter.toPayload(readJson(text))).toEqual(json(text));
});
