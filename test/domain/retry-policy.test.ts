import { HEARTBEAT_EVERY_MS, HEARTBEAT_TIMEOUT_MS } from '../../src/domain/retry-policy';

const FROZEN_MS = 8_000;

it('a lost worker is noticed in under ten seconds, and one that was frozen for eight is not lost', () => {
  expect(HEARTBEAT_TIMEOUT_MS).toBeLessThan(10_000);
  expect(HEARTBEAT_TIMEOUT_MS).toBeGreaterThanOrEqual(FROZEN_MS + HEARTBEAT_EVERY_MS + 500);
});
