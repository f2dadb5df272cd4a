import { isOutage } from '../../../src/db/connection/outage';

describe('isOutage', () => {
  const failed = (fields: object) => Object.assign(new Error('Failed query'), fields);

  it.each([
    ['a refused connection', { code: 'ECONNREFUSED' }],
    ['a server that is shutting down', { code: '57P01' }],
    ['too many connections', { code: '53300' }],
    ['a broken connection', { code: '08006' }],
    ['a disk that fails', { code: '58030' }],
    ['a cause further in', { cause: failed({ cause: failed({ code: 'ECONNRESET' }) }) }],
    ['a text of the driver', { message: 'Connection terminated unexpectedly' }],
    ['a pool without a free connection', { message: 'timeout exceeded when trying to connect' }],
  ])('is true for %s', (_what, fields) => {
    expect(isOutage(failed(fields))).toBe(true);
  });

  it.each([
    ['a unique violation', { code: '23505' }],
    ['a syntax error', { code: '42601' }],
    ['a cancelled statement', { code: '57014' }],
  ])('is false for %s', (_what, fields) => {
    expect(isOutage(failed(fields))).toBe(false);
  });

  it('is false for what is not an error', () => {
    expect([undefined, null, 'ECONNREFUSED', 7].map(isOutage)).toEqual([false, false, false, false]);
  });
});
