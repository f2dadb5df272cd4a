import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { firstColumn, page, ROOT } from './pages';

const SETTING = /\b(?:PORT|METRICS_PORT|DATABASE_URL|(?:WAYHOOK|TEMPORAL)_[A-Z_]*[A-Z])\b/g;

/** Settings in a program's code, keys of a schema among them: comments and messages name them too. */
function settingsIn(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*|`[^`]*`/g, '');
  const read = [...code.matchAll(/\benv\.([A-Z_]+)|'([A-Z_]+)'|^ +([A-Z_]+): /gm)].map(
    (match) => match[1] ?? match[2] ?? match[3]!,
  );
  const taken = [...code.matchAll(/\{([A-Z_, ]+)\} = process\.env/g)].flatMap((match) =>
    match[1]!.split(','),
  );
  return [...read, ...taken].map((name) => name.trim()).filter((name) => name.match(SETTING)?.[0] === name);
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'));
}

/** Variables that Temporal's own library reads for us. */
function readByTemporal(): string {
  const library = createRequire(__filename).resolve('@temporalio/envconfig');
  return readdirSync(join(library, '..'))
    .filter((file) => file.endsWith('.js'))
    .map((file) => readFileSync(join(library, '..', file), 'utf8'))
    .join('\n');
}

const listed = firstColumn(page('README.md'), 'Settings');
const config = settingsIn(readFileSync(join(ROOT, 'src/config.ts'), 'utf8'));
const scripts = filesIn('scripts').flatMap(settingsIn);

describe("the README's table of settings", () => {
  it('lists every setting that src/config.ts and the scripts read', () => {
    expect(config.length).toBeGreaterThan(15);
    expect([...new Set([...config, ...scripts])].filter((name) => !listed.includes(name))).toEqual([]);
  });

  it('lists none that nothing reads', () => {
    const temporal = readByTemporal();
    const unread = listed.filter((name) => {
      const stem = name.replace('*', '');
      return !config.includes(name) && !scripts.includes(name) && !temporal.includes(stem);
    });
    expect(unread).toEqual([]);
  });

  it('lists each once', () => {
    expect(new Set(listed).size).toBe(listed.length);
  });
});
