import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The paths of all files in the folder and below, in a fixed order. */
export function filesOf(root: string, kind: 'files' | 'folders' = 'files'): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => (kind === 'files' ? entry.isFile() : entry.isDirectory()))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

/** The files that are not the same in both folders. */
export function differencesOf(one: string, other: string): string[] {
  const paths = new Set([...filesOf(one), ...filesOf(other)]);
  const read = (path: string) => (existsSync(path) ? readFileSync(path) : Buffer.from('absent'));
  return [...paths].filter((path) => !read(join(one, path)).equals(read(join(other, path))));
}
