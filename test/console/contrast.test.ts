import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/* WCAG 2.2 AA: text needs a contrast of 4.5, the edge of a control and the focus ring 3. In both themes. */

const css = readFileSync(join(__dirname, '../../console/src/styles/tokens.css'), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);

const GROUNDS = ['bg', 'surface', 'surface-sunk', 'surface-raised', 'hover', 'selected'];
const PAIRS: [string, string, number][] = [
  ...['text', 'text-2', 'text-3', 'accent-text'].flatMap((text) =>
    GROUNDS.map((ground): [string, string, number] => [text, ground, 4.5]),
  ),
  ...['key', 'string', 'number', 'helper'].flatMap((part) =>
    ['surface', 'surface-sunk'].map((ground): [string, string, number] => [`code-${part}`, ground, 4.5]),
  ),
  ['on-accent', 'accent', 4.5],
  ...['good', 'warn', 'bad', 'info', 'held'].flatMap((status): [string, string, number][] => [
    [status, `${status}-bg`, 4.5],
    [status, 'surface', 4.5],
    [status, 'bg', 4.5],
  ]),
  ['line-control', 'surface', 3],
  ['line-control', 'bg', 3],
  ['focus', 'surface', 3],
  ['focus', 'bg', 3],
];

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

it.each(PAIRS)('%s can be read on %s, light and dark', (text, ground, least) => {
  for (const theme of ['light', 'dark'] as const) {
    const reached = contrast(tokens.get(text)![theme], tokens.get(ground)![theme]);
    expect([theme, reached >= least, reached]).toEqual([theme, true, reached]);
  }
});
