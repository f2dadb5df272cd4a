import * as zlib from 'node:zlib';
import { createAgent } from '../../../src/webhook/agent';
import { showText } from '../../../src/webhook/answer/answer-text';
import { readJsonAnswer } from '../../../src/webhook/answer/json-answer';
import { type HttpResponse, send } from '../../../src/webhook/send';
import { raw, type Receiver, type Reply, startReceiver } from '../../support/receiver';

const agent = createAgent({ allowedNetworks: ['127.0.0.0/8'], allowHttp: true }, { connections: 5 });
let receiver: Receiver;

beforeAll(async () => (receiver = await startReceiver()));
afterAll(async () => {
  await agent.destroy();
  await receiver.close();
});

const MAX_BYTES = 10_000;
const JSON_TEXT = '{"city":"Zürich"}';

async function answerWith(reply: Reply): Promise<HttpResponse> {
  receiver.respond(reply);
  const request = { method: 'GET', url: receiver.url, headers: {} };
  const answer = await send(agent, request, { timeoutMs: 60_000, maxBytes: MAX_BYTES });
  if (answer.kind === 'failure') throw new Error(answer.detail);
  return answer;
}

function answerIn(contentType: string | undefined, body: Buffer): Promise<HttpResponse> {
  return answerWith({ headers: contentType === undefined ? {} : { 'content-type': contentType }, body });
}

describe('the charset of an answer', () => {
  const utf16be = Buffer.from(JSON_TEXT, 'utf16le').swap16();
  const utf8 = Buffer.from(JSON_TEXT);
  const latin1 = Buffer.from(JSON_TEXT, 'latin1');
  const mark = (...bytes: number[]) => Buffer.from(bytes);

  test.each<[string, string | undefined, Buffer]>([
    ['UTF-8 without a word', undefined, utf8],
    ['UTF-8', 'application/json; charset=utf-8', utf8],
    ['UTF-8 with a mark', 'application/json', Buffer.concat([mark(0xef, 0xbb, 0xbf), utf8])],
    ['UTF-8 in a charset that is not known', 'application/json; charset=x-unknown', utf8],
    ['ISO 8859-1', 'application/json; charset=ISO-8859-1', latin1],
    ['ISO 8859-1 in quotes', 'application/json;CharSet="iso-8859-1"; v=1', latin1],
    ['Windows-1252', 'text/json; charset = windows-1252', latin1],
    ['UTF-16, big end first', 'application/json; charset=utf-16be', utf16be],
    ['UTF-16 with a mark', undefined, Buffer.concat([mark(0xfe, 0xff), utf16be])],
    [
      'UTF-16 with a mark that the charset contradicts',
      'application/json; charset=utf-8',
      Buffer.concat([mark(0xff, 0xfe), Buffer.from(JSON_TEXT, 'utf16le')]),
    ],
  ])('%s is read', async (_kind, contentType, body) => {
    const answer = await answerIn(contentType, body);
    expect(readJsonAnswer(answer)).toEqual({ value: { city: 'Zürich' } });
    expect(showText(answer)).toBe(JSON_TEXT);
  });

  test.each([
    ['windows-1252', [0x80, 0x84, 0x93, 0x9f], '€„“Ÿ'],
    ['iso-8859-15', [0xa4], '€'],
    ['windows-1251', [0xcc, 0xee], 'Мо'],
    ['shift_jis', [0x93, 0x8c, 0x8b, 0x9e], '東京'],
    ['gb18030', [0xb1, 0xb1], '北'],
  ])('%s gives each character', async (charset, bytes, text) => {
    const body = Buffer.concat([Buffer.from('["'), Buffer.from(bytes), Buffer.from('"]')]);
    const answer = await answerIn(`application/json; charset=${charset}`, body);
    expect(readJsonAnswer(answer)).toEqual({ value: [text] });
  });

  test.each<[string, string | undefined, Buffer, string]>([
    ['Latin-1 without a word', 'application/json', latin1, 'not valid in its charset'],
    [
      'Latin-1 that claims to be UTF-8',
      'application/json; charset=utf-8',
      latin1,
      'not valid in its charset',
    ],
    ['UTF-8 that is cut in a character', undefined, Buffer.from([0x22, 0xc3]), 'not valid in its charset'],
    ['half a character of UTF-16', undefined, mark(0xff, 0xfe, 0x22, 0, 0, 0xd8), 'not valid in its charset'],
    ['Latin-1 in a charset that is not known', 'text/json; charset=x', latin1, 'charset that is not known'],
  ])('%s is no JSON, and never a replacement character', async (_kind, contentType, body, fault) => {
    const answer = await answerIn(contentType, body);
    expect(readJsonAnswer(answer)).toEqual({ fault: expect.stringContaining(fault) });
  });

  test('a body cut in a character shows without it', () => {
    expect(showText({ headers: {}, body: Buffer.from('Zü').subarray(0, 2) })).toBe('Z');
  });

  test('a byte that is no text shows as a replacement character, in the log only', () => {
    expect(showText({ headers: {}, body: Buffer.from('Zürich', 'latin1') })).toBe('Z\uFFFDrich');
  });
});

describe('a compressed answer that was not asked for', () => {
  const body = Buffer.from(JSON_TEXT);

  test.each<[string, Buffer]>([
    ['gzip', zlib.gzipSync(body)],
    ['x-gzip', zlib.gzipSync(body)],
    ['GZIP', zlib.gzipSync(body)],
    ['deflate', zlib.deflateSync(body)],
    ['deflate', zlib.deflateRawSync(body)],
    ['br', zlib.brotliCompressSync(body)],
    ['gzip, br', zlib.brotliCompressSync(zlib.gzipSync(body))],
    ['identity, gzip', zlib.gzipSync(body)],
    ['identity', body],
    ['', body],
  ])('is decompressed: “%s”', async (coding, bytes) => {
    const answer = await answerWith({ headers: { 'content-encoding': coding }, body: bytes });
    expect(answer).toMatchObject({ body, bodyFault: undefined });
  });

  test('is decompressed where it is a transfer coding', async () => {
    const gzipped = zlib.gzipSync(body);
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n';
    const chunk = `${gzipped.length.toString(16)}\r\n${gzipped.toString('latin1')}\r\n0\r\n\r\n`;
    const answer = await answerWith(raw(Buffer.from(head + chunk, 'latin1')));
    expect(answer).toMatchObject({ body, bodyFault: undefined });
  });

  test('without a body is an empty one', async () => {
    const answer = await answerWith({ status: 204, headers: { 'content-encoding': 'gzip' } });
    expect(answer).toMatchObject({ body: Buffer.alloc(0), bodyFault: undefined });
  });

  const spaces = Buffer.alloc(5_000_000, ' ');
  test.each<[string, Buffer]>([
    ['gzip', zlib.gzipSync(spaces)],
    ['br', zlib.brotliCompressSync(spaces)],
    ['gzip, gzip', zlib.gzipSync(zlib.gzipSync(spaces))],
  ])('is not decompressed beyond the limit: %s', async (coding, bytes) => {
    const answer = await answerWith({ headers: { 'content-encoding': coding }, body: bytes });
    expect(answer.body).toHaveLength(MAX_BYTES);
    expect(answer.bodyFault).toEqual({
      reason: 'response_too_large',
      detail: `The answer is larger than ${MAX_BYTES} bytes. Let the endpoint answer with less.`,
    });
  });

  test.each<[string, Buffer, string]>([
    ['gzip', body, 'not compressed as its Content-Encoding says'],
    ['deflate', body, 'not compressed as its Content-Encoding says'],
    ['br', zlib.gzipSync(body), 'not compressed as its Content-Encoding says'],
    ['gzip', zlib.gzipSync(body).subarray(0, 20), 'not compressed as its Content-Encoding says'],
    ['compress', body, 'compressed its answer with compress, although that was not asked for'],
    ['user@example.com', body, 'compressed its answer in a way that is not known'],
    [Array(6).fill('gzip').join(), body, 'too often'],
  ])('that cannot be decompressed has a fault that says so: %s', async (coding, bytes, detail) => {
    const answer = await answerWith({ headers: { 'content-encoding': coding }, body: bytes });
    expect(answer).toMatchObject({ kind: 'response', status: 200 });
    expect(answer.bodyFault).toEqual({ reason: 'not_json', detail: expect.stringContaining(detail) });
    expect(answer.bodyFault!.detail).not.toContain('user@');
  });

  test.each<[string, (text: Buffer) => Buffer]>([
    ['gzip', zlib.gzipSync],
    ['br', zlib.brotliCompressSync],
  ])('that is cut is decompressed as far as it goes: %s', async (coding, compress) => {
    const bytes = compress(Buffer.from(Array.from({ length: 2_000 }, (_, index) => index).join()));
    const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${coding}\r\ncontent-length: 99999\r\n\r\n`;
    const cut = Buffer.concat([Buffer.from(head), bytes.subarray(0, bytes.length - 500)]);
    const answer = await answerWith(raw(cut));
    expect(answer.body.toString()).toMatch(/^0,1,2,3,/);
    expect(answer.bodyFault).toMatchObject({ reason: 'network' });
  });
});
