import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newApiKey } from '../../src/db/api-keys';
import { loadOrCreateKey, generateSecretKey } from '../../src/local/keys';

describe('the keys of the data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wayhook-keys-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are generated once, and stored', () => {
    const key = loadOrCreateKey(folder, 'api-key', newApiKey);
    expect(key).toMatch(/^wh_[\w-]{43}$/);
    expect(loadOrCreateKey(folder, 'api-key', newApiKey)).toBe(key);
    expect(readFileSync(join(folder, 'api-key'), 'utf8')).toBe(`${key}\n`);
  });

  it('can be read by their owner only', () => {
    loadOrCreateKey(folder, 'secret-key', generateSecretKey);
    expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600);
  });

  it('have 32 bytes for encryption', () => {
    expect(Buffer.from(generateSecretKey(), 'base64')).toHaveLength(32);
    expect(generateSecretKey()).not.toBe(generateSecretKey());
  });
});
