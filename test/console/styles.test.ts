import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = join(__dirname, '../../console/src');

/** The classes that a sheet styles wherever they stand, by a selector of nothing but the class. */
function classesOf(sheet: string): string[] {
  const commentsAndArguments = /\/\*.*?\*\/|\((?:[^()]|\([^()]*\))*\)/gs;
  const text = readFileSync(join(SOURCES, sheet), 'utf8').replaceAll(commentsAndArguments, '');
  const selectors = [...text.matchAll(/([^{}]+)\{/g)].flatMap(([, list]) => list!.split(','));
  return selectors.flatMap((selector) => /^\s*\.([\w-]+)\s*$/.exec(selector)?.[1] ?? []);
}

it('styles each class in one sheet: those of the pages that one has seen stay, and names meet', () => {
  const sheets = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.css'),
  );
  const sheetsOf = new Map<string, Set<string>>();
  for (const sheet of sheets) {
    for (const name of classesOf(sheet)) {
      sheetsOf.set(name, (sheetsOf.get(name) ?? new Set()).add(sheet));
    }
  }
  expect(sheetsOf.size).toBeGreaterThan(100);
  const twice = [...sheetsOf].filter(([, found]) => found.size > 1);
  expect(twice.map(([name, found]) => [name, ...found])).toEqual([]);
});
