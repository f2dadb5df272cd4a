import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptKey, makeApiKey, makeSecretKey } from '../../src/local/keys';

describe('the keys of the data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-keys-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are made once, and kept', () => {
    const key = keptKey(folder, 'api-key', makeApiKey);
    expect(key).toMatch(/^wh_[\w-]{43}$/);
    expect(keptKey(folder, 'api-key', makeApiKey)).toBe(key);
    expect(readFileSync(join(folder, 'api-key'), 'utf8')).toBe(`${key}\n`);
  });

  it('are read by their owner only', () => {
    keptKey(folder, 'secret-key', makeSecretKey);
    expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600);
  });

  it('have 32 bytes where they seal secrets', () => {
    expect(Buffer.from(makeSecretKey(), 'base64')).toHaveLength(32);
    expect(makeSecretKey()).not.toBe(makeSecretKey());
  });
});
