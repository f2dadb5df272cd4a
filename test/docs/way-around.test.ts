import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { page, ROOT } from './pages';

/** The rows of the README's table "where is…": a question, and names with the folders that they are found in. */
const rows = [...page('README.md').text.matchAll(/^\| ([^|]+\?) +\| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, question, room, hint]) => ({
    question: question!,
    folders: [...(room! + hint!).matchAll(/\]\((src[^)]*)\)/g)]
      .map(([, path]) => path!)
      .filter((path) => !path.endsWith('.ts')),
    names: [...hint!.matchAll(/`([a-z]\w+)`/g)].map(([, name]) => name!),
  }),
);

function sourceOf(folder: string): string {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'))
    .join('\n');
}

it('the README says where things are: each name it gives is declared in a room beside it', () => {
  expect(rows.length).toBeGreaterThan(10);
  const lost = rows.flatMap(({ question, folders, names }) => {
    const source = folders.map(sourceOf).join('\n');
    return names
      .filter((name) => !new RegExp(`\\b(function|const) ${name}\\b`).test(source))
      .map((name) => `${question} ${name} is not declared in ${folders.join(', ')}`);
  });
  expect(lost).toEqual([]);
});
