import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { page, ROOT } from './pages';

const PAGE = 'docs/behaviours.md';
const FOLDERS = ['src', 'test', 'docs', 'bench', 'examples'];
const PAGES = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];

/** A code such as B064, C11 or G2; `%C3`, a byte of an encoded URL, is none. */
const CODE = /(?<![%\w])(?:B\d{3}|[CG]\d{1,2})(?!\w)/g;

/** Codes that no automated test covers. Their line says "not tested". */
const UNTESTED: string[] = [];

function textFilesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs|md|go|py|sh)$/.test(file))
    .map((file) => join(folder, file));
}

function codesIn(path: string): string[] {
  return readFileSync(join(ROOT, path), 'utf8').match(CODE) ?? [];
}

/** The lines of the page's tables: a code, what Wayhook does, and the test files linked beside it. */
function lines(): { code: string; text: string; cell: string; tests: string[] }[] {
  const rows = page(PAGE).text.matchAll(/^\| ([BCG]\d+) +\| (.+?) +\| (.+?) +\|$/gm);
  return [...rows].map(([, code, text, cell]) => ({
    code: code!,
    text: text!,
    cell: cell!,
    tests: [...cell!.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => relative(ROOT, join(ROOT, 'docs', link!))),
  }));
}

const named = new Set(
  [...FOLDERS.flatMap(textFilesIn), ...PAGES].filter((path) => path !== PAGE).flatMap(codesIn),
);

describe('docs/behaviours.md', () => {
  it('has one line for each code that code, tests and pages name, and for no other', () => {
    expect(named.size).toBeGreaterThan(150);
    expect(
      lines()
        .map(({ code }) => code)
        .sort(),
    ).toEqual([...named].sort());
  });

  it('says in words of its own what each stands for', () => {
    const texts = lines().map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => !/^[A-Z0-9`].{14,}\.$/.test(text))).toEqual([]);
  });

  it('links only to test files that name the code', () => {
    const wrong = lines().flatMap(({ code, tests }) =>
      tests
        .filter((path) => !existsSync(join(ROOT, path)) || !codesIn(path).includes(code))
        .map((path) => `${path} does not name ${code}`),
    );
    expect(wrong).toEqual([]);
  });

  it('says plainly which codes no test covers', () => {
    const untested = lines().filter(({ tests }) => tests.length === 0);
    expect(untested.map(({ code }) => code)).toEqual(UNTESTED);
    expect(untested.map(({ cell }) => cell)).toEqual(UNTESTED.map(() => 'not tested'));
  });
});
