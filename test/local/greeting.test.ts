import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config';
import { newApiKey } from '../../src/db/api-keys';
import { greeting } from '../../src/local/greeting';
import { loadOrCreateKey } from '../../src/local/keys';

/** The header of each printed command, as a shell reads it. */
function headersIn(text: string, env: NodeJS.ProcessEnv = {}): string[] {
  const written = text.match(/"Api-Key: .*"/g)!;
  return written.map((header) =>
    execFileSync('sh', ['-c', `printf %s ${header}`], {
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    }),
  );
}

describe('the greeting', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'wayhook-greeting-')));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has commands with a generated key that work when pasted, wherever the data folder is', () => {
    const odd = mkdtempSync(join(folder, `it's a "folder" $HOME `));
    const key = loadOrCreateKey(odd, 'api-key', newApiKey);
    const text = greeting(readConfig({ WAYHOOK_DATA_DIR: odd }));
    expect(text).not.toContain(key);
    expect(text).toContain(`API key         in ${join(odd, 'api-key')}`);
    expect(headersIn(text)).toEqual([`Api-Key: ${key}`, `Api-Key: ${key}`]);
  });

  it('has the link of the first administrator while there is no administrator', () => {
    const config = readConfig({ WAYHOOK_PUBLIC_URL: 'https://wayhook.example.com/' });
    expect(greeting(config, { code: 'c0de' })).toContain(
      '  First sign-in   https://wayhook.example.com/welcome#code=c0de (once, within 3 days)\n',
    );
    expect(greeting(config)).not.toContain('sign-in');
  });

  it('never prints a given key', () => {
    const WAYHOOK_API_KEY = 'a key with $signs "and" quotes of its own';
    const text = greeting(readConfig({ WAYHOOK_API_KEY }));
    expect(text).not.toContain(WAYHOOK_API_KEY);
    const header = `Api-Key: ${WAYHOOK_API_KEY}`;
    expect(headersIn(text, { WAYHOOK_API_KEY })).toEqual([header, header]);
  });
});
