import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * Runs in every page, before its own scripts. That a size changed again while its observers were told is no fault: the
 * browser tells them in the next frame.
 */
const TELL_FAULTS = `
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample, sourceFile, lineNumber, columnNumber }) =>
    tellFault(['policy:', effectiveDirective, blockedURI, sample, sourceFile, lineNumber, columnNumber].join(' ')));
  addEventListener('error', ({ message }) =>
    message.startsWith('ResizeObserver loop') || tellFault('error: ' + message));
  addEventListener('unhandledrejection', ({ reason }) => tellFault('rejection: ' + reason));
`;

/** Only ends what hangs, as the tests' own does: a machine with much to do takes a minute to start a simulation. */
const HANGS_MS = 120_000;

export const WIDE = { width: 1280, height: 800 };
export const NARROW = { width: 390, height: 844 };

export interface Browser {
  page: Page;
  context: BrowserContext;
  /** What no page may do: errors of scripts, and what the policy refused. */
  faults: string[];
  close: () => Promise<void>;
}

/** A browser that has never been here, with one page. */
export async function openBrowser(baseURL: string): Promise<Browser> {
  const faults: string[] = [];
  const context = await chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), 'chromium-')), {
    executablePath: process.env.WAYHOOK_CHROMIUM,
    ...{ headless: true, args: FLAGS, viewport: WIDE, baseURL },
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(HANGS_MS);
  await context.exposeFunction('tellFault', (fault: string) => void faults.push(fault));
  await context.addInitScript({ content: TELL_FAULTS });
  const page = context.pages()[0]!;
  return { page, context, faults, close: () => context.close() };
}

/** What axe finds against WCAG 2.2 AA, one line a fault; none for a page that everybody can use. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  if (await page.evaluate('typeof axe === "undefined"')) await page.evaluate(`${AXE}; undefined`);
  const found = (await page.evaluate(FIND_FAULTS)) as AxeResults['violations'];
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')} ${failureSummary ?? ''}`),
  );
}

/**
 * Runs in the page, once colours and sizes that were changed a moment ago are drawn: what observes a size draws in the
 * frame after. What the page passed stays there: to hand it over takes three times as long as to find it.
 */
const FIND_FAULTS = `(async () => {
  for (let frame = 0; frame < 3; frame += 1)
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  await Promise.all(document.getAnimations().map(({ finished }) => finished));
  return (await axe.run(document, { runOnly: ${JSON.stringify(RULES)} })).violations;
})()`;

/** Grids that are wider than their place, cells that do not stand below their column's head, and heads that are too long. */
export async function misalignedCells(page: Page): Promise<string[]> {
  return (await page.evaluate(`[...document.querySelectorAll('[role=grid]')].flatMap((grid) => {
    const heads = [...grid.querySelectorAll('[role=columnheader]')];
    const leftOf = (element) => element.getBoundingClientRect().left;
    const long = heads.filter((head) => !head.querySelector('.sr') && head.scrollWidth > head.clientWidth + 1);
    const rows = [...grid.querySelectorAll('[role=row]')].map((row) => [...row.querySelectorAll('[role=gridcell]')]);
    const aside = rows.filter((cells) => cells.length === heads.length).flatMap((cells) =>
      cells.filter((cell, column) => Math.abs(leftOf(cell) - leftOf(heads[column])) > 1));
    const wide = grid.scrollWidth > grid.clientWidth + 1 ? [grid.firstElementChild] : [];
    return [...wide, ...long, ...aside].map((element) => grid.getAttribute('aria-label') + ': ' + element.textContent);
  })`)) as string[];
}

interface AxeResults {
  violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[];
}
