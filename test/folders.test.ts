import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');
/** Folders with code. What is in the others is read one file at a time: migrations, pages, recorded histories. */
const ROOMS = ['src', 'test', 'scripts', 'tools', 'examples'];
const MOST_FILES = 22;

function countsIn(folder: string): [string, number][] {
  const inside = readdirSync(join(ROOT, folder), { withFileTypes: true });
  const files = inside.filter((entry) => entry.isFile() && /\.([cm]?[jt]s|py|go)$/.test(entry.name));
  const folders = inside.filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
  return [[folder, files.length], ...folders.flatMap(({ name }) => countsIn(join(folder, name)))];
}

it(`no folder has more than ${MOST_FILES} files of code`, () => {
  const counts = ROOMS.flatMap(countsIn);
  expect(counts.length).toBeGreaterThan(100);
  expect(counts.filter(([, files]) => files > MOST_FILES)).toEqual([]);
});
