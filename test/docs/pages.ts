import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(__dirname, '../..');

export interface Page {
  /** From the root of the checkout: `docs/retries.md`. */
  path: string;
  text: string;
}

export function page(path: string): Page {
  return { path, text: readFileSync(join(ROOT, path), 'utf8') };
}

/** Every page that people read. */
export function pages(): Page[] {
  return ['.', 'docs', 'examples'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((file) => file.endsWith('.md'))
      .map((file) => page(join(folder, file))),
  );
}

/** The cells of a table's rows, by what stands in backquotes in the first: "`PORT`" gives `PORT`. */
export function firstColumn({ text }: Page, heading: string): string[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading));
  return [...(section ?? '').matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!);
}
