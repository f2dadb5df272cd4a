import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pages, ROOT } from './pages';

/** `[text](target)` outside of code. */
const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;

function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** What a link of a page leads nowhere by, if anything. */
function faultOf(page: { path: string; text: string }, target: string): string | undefined {
  const [file, anchor] = target.split('#');
  const path = file === '' ? page.path : relative(ROOT, join(ROOT, dirname(page.path), file!));
  if (!existsSync(join(ROOT, path))) return `${page.path}: there is no ${path}`;
  const linked = pages().find((other) => other.path === path);
  if (anchor === undefined || (linked && anchorsOf(linked.text).includes(anchor))) return undefined;
  return `${page.path}: ${path} has no heading #${anchor}`;
}

describe('the documentation', () => {
  it('links only to files and headings that are there', () => {
    const faults = pages().flatMap((page) =>
      [...page.text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(LINK)]
        .map(([, target]) => target!)
        .filter((target) => !/^[a-z]+:/.test(target))
        .map((target) => faultOf(page, target)),
    );
    expect(faults.length).toBeGreaterThan(40);
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('is linked from the README, page for page', () => {
    const readme = pages().find(({ path }) => path === 'README.md')!.text;
    const missing = pages().filter(({ path }) => path.startsWith('docs/') && !readme.includes(`(${path})`));
    expect(missing.map(({ path }) => path)).toEqual([]);
  });
});
