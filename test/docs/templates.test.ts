import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createSealer } from '../../src/db/secrets/seal';
import { HELPERS } from '../../src/template/helpers/table';
import { page } from './pages';

const { text } = page('docs/templates.md');

describe('docs/templates.md', () => {
  it.each(Object.keys(HELPERS))('has the helper %s in one of its tables', (name) => {
    const heads = [...text.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, head]) => [
      ...head!.matchAll(/`([^`]+)`/g),
    ]);
    const names = heads.flatMap(([, code]) => /^(?:\{\{#?)?([A-Za-z0-9]+)/.exec(code!)?.[1] ?? []);
    expect(names).toContain(name);
  });

  it('prints, with its command, the key that the HMAC helpers use', () => {
    const keys = [randomBytes(32), randomBytes(32)];
    const command = [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
      .map(([, lines]) => lines!)
      .find((lines) => lines.includes('hkdf'));
    const printed = execFileSync('sh', ['-c', command!], {
      env: { ...process.env, WAYHOOK_SECRET_KEY: keys.map((key) => key.toString('base64')).join(',') },
      encoding: 'utf8',
    });
    expect(printed.trim()).toBe(createSealer(keys).hmacKey);
    expect(printed.trim()).toMatch(/^[0-9a-f]{64}$/);
  });
});
