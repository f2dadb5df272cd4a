import { RETRY_INTERVAL_MS } from '../../src/domain/retry-policy';
import type { BodyFault, FailureReason } from '../../src/webhook/failure';
import { classify, MAX_RETRY_AFTER_MS } from '../../src/webhook/outcome';
import type { Answer, HttpResponse } from '../../src/webhook/send';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

function response(status: number, headers: Record<string, string> = {}): Answer {
  return { kind: 'response', status, headers, body: Buffer.alloc(0), durationMs: 5 };
}

function judged(status: number, headers: Record<string, string> = {}) {
  return classify(response(status, headers), { refreshOn: [], needsBody: false }, NOW_MS);
}

describe('what an answer means', () => {
  test.each([200, 201, 202, 203, 204, 206, 226, 299])('B016: %d is delivered', (status) => {
    expect(judged(status)).toEqual({ kind: 'delivered' });
  });

  test.each([
    ['B017', 429],
    ['B018', 502],
    ['B019', 503],
    ['B020', 504],
  ])('%s: %d is retried after the usual wait', (_behaviour, status) => {
    const outcome = judged(status);
    expect(outcome).toMatchObject({ kind: 'retry', reason: 'http_status' });
    expect(outcome).not.toHaveProperty('retryAfterMs');
  });

  test.each([
    100, 101, 199, 300, 301, 302, 304, 307, 308, 400, 402, 403, 404, 408, 409, 410, 418, 422, 425, 451, 499,
    500, 501, 505, 507, 511, 520, 599, 999,
  ])('B021, B022: %d gives up', (status) => {
    expect(judged(status)).toMatchObject({ kind: 'giveUp', reason: 'http_status' });
  });

  test('B066: a 401 to an OAuth webhook asks for a fresh token', () => {
    expect(classify(response(401), { refreshOn: [401], needsBody: false })).toMatchObject({
      kind: 'unauthorized',
      reason: 'unauthorized',
    });
  });

  test('B021: a 401 to any other webhook gives up', () => {
    expect(judged(401)).toMatchObject({ kind: 'giveUp', reason: 'unauthorized' });
  });

  test('B066: where the webhook says so, a 403 asks for a fresh token too', () => {
    const options = { refreshOn: [401, 403], needsBody: false };
    for (const [status, name] of [
      [401, 'Unauthorized'],
      [403, 'Forbidden'],
    ] as const) {
      const detail = `The endpoint answered ${status} ${name}.`;
      expect(classify(response(status), options)).toEqual({
        kind: 'unauthorized',
        reason: 'unauthorized',
        detail,
      });
    }
  });

  test('B066: with OAuth only a 401 is about the token by default', () => {
    expect(classify(response(403), { refreshOn: [401], needsBody: false })).toMatchObject({
      kind: 'giveUp',
      reason: 'http_status',
    });
    expect(classify(response(503), { refreshOn: [401], needsBody: false })).toMatchObject({
      kind: 'retry',
      reason: 'http_status',
    });
  });

  test.each<[string, FailureReason, 'retry' | 'giveUp']>([
    ['B015', 'timeout', 'retry'],
    ['G3', 'network', 'retry'],
    ['B026', 'invalid_url', 'giveUp'],
    ['B027', 'tls', 'giveUp'],
    ['G7', 'blocked_address', 'giveUp'],
    ['G8', 'render', 'giveUp'],
    ['B028', 'response_too_large', 'giveUp'],
  ])('%s: %s is %s, with its detail', (_behaviour, reason, kind) => {
    const failure: Answer = { kind: 'failure', reason, detail: 'What happened.', durationMs: 5 };
    expect(classify(failure, { refreshOn: [401], needsBody: false })).toEqual({
      kind,
      reason,
      detail: 'What happened.',
    });
  });

  describe('a body that was not read whole', () => {
    const cut = (status: number, reason: BodyFault['reason'] = 'network'): Answer => ({
      ...(response(status) as HttpResponse),
      bodyFault: { reason, detail: 'It was cut.' },
    });
    const judge = (answer: Answer, needsBody: boolean) => classify(answer, { refreshOn: [], needsBody });

    test('B004: changes nothing where the body is not needed, and the detail tells of it', () => {
      expect(judge(cut(200), false)).toEqual({
        kind: 'delivered',
        detail: 'The endpoint answered 200 OK. Its body was not read whole: It was cut.',
      });
    });

    test.each<[BodyFault['reason'], 'retry' | 'giveUp']>([
      ['network', 'retry'],
      ['timeout', 'retry'],
      ['response_too_large', 'giveUp'],
      ['not_json', 'giveUp'],
    ])('fails a 2xx whose body is needed: %s is %s', (reason, kind) => {
      expect(judge(cut(200, reason), true)).toEqual({ kind, reason, detail: 'It was cut.' });
    });

    test.each([false, true])('does not change what any other status means (needed: %s)', (needsBody) => {
      expect(judge(cut(404), needsBody)).toEqual({
        kind: 'giveUp',
        reason: 'http_status',
        detail: 'The endpoint answered 404 Not Found. Its body was not read whole: It was cut.',
      });
      expect(judge(cut(503), needsBody)).toMatchObject({ kind: 'retry', reason: 'http_status' });
      expect(judge(cut(401), needsBody)).toMatchObject({ kind: 'giveUp', reason: 'unauthorized' });
    });
  });

  test.each([
    [101, 'The endpoint answered 101 Switching Protocols. Wayhook did not ask for another protocol.'],
    [404, 'The endpoint answered 404 Not Found.'],
    [799, 'The endpoint answered 799.'],
    [301, 'The endpoint answered 301 Moved Permanently. Redirects are not followed: call the final address.'],
  ])('says what the endpoint answered: %d', (status, detail) => {
    expect(judged(status)).toHaveProperty('detail', detail);
  });
});

describe('Retry-After', () => {
  test('the usual wait is three minutes, the longest an hour', () => {
    expect([RETRY_INTERVAL_MS, MAX_RETRY_AFTER_MS]).toEqual([3 * 60_000, 60 * 60_000]);
  });

  test.each([
    ['181', 181_000],
    ['600', 600_000],
    ['3600', 3_600_000],
    ['3601', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['Sun, 01 Mar 2026 12:10:00 GMT', 600_000],
    ['Sun, 01 Mar 2026 15:00:00 GMT', 3_600_000],
    ['Sunday, 01-Mar-26 12:10:00 GMT', 600_000],
    ['Sun Mar  1 12:10:00 2026', 600_000],
    ['Sun, 01 Mar 2026 12:09:60 GMT', 600_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
    // A year of two digits is at most fifty years ahead: this is 2076, not 1976.
    ['Sunday, 01-Mar-76 12:00:00 GMT', 3_600_000],
  ])('a longer wait is honoured, up to an hour: %s', (text, retryAfterMs) => {
    expect(judged(429, { 'retry-after': text })).toHaveProperty('retryAfterMs', retryAfterMs);
    expect(judged(503, { 'retry-after': text })).toHaveProperty('retryAfterMs', retryAfterMs);
  });

  test.each([
    '0',
    '5',
    '180',
    '-600',
    '600.5',
    '600 s',
    '0x1000',
    '1e9',
    '',
    'soon',
    'Sun, 01 Mar 2026 12:02:00 GMT',
    'Sun, 01 Mar 2020 12:00:00 GMT',
    'Sun, 99 Foo 2026 12:00:00 GMT',
    'Wed, 31 Jun 2026 12:00:00 GMT',
    'Sun, 01 Foo 2026 13:00:00 GMT',
    'Sun, 01 Mar 2026 24:00:00 GMT',
    'Sun, 01 Mar 2026 13:00:00 +0000',
    'Sunday, 01-Mar-25 12:10:00 GMT',
    // More than fifty years ahead: 1976.
    'Monday, 01-Mar-76 12:00:01 GMT',
    'Thursday, 01-Mar-99 12:00:00 GMT',
    'Sun Mar  1 12:02:00 2026',
    'Sun Mar 01 2026 12:10:00',
    '2026-03-01T13:00:00Z',
    '600, 700',
  ])('a shorter or unreadable one changes nothing: “%s”', (text) => {
    expect(judged(503, { 'retry-after': text })).not.toHaveProperty('retryAfterMs');
  });

  test.each([502, 504, 500, 301, 200])('is ignored on %d', (status) => {
    expect(judged(status, { 'retry-after': '600' })).not.toHaveProperty('retryAfterMs');
  });
});
