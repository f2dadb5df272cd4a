import { renderWebhook } from '../../src/webhook/render';
import { RenderFault, TemplateFault, checkTemplate, type Place } from '../../src/webhook/templates';
import { BOMBS, DATA, HARMLESS, REFUSED, TREES } from './hostile-corpus';
import { aContext, aWebhook, renderText, thrownBy } from './rendering';

const PLACES: [string, Place, (template: string) => string][] = [
  ['a parameter', 'parameter', (template) => template],
  ['a form value', 'form', (template) => template],
  ['a header', 'header', (template) => template],
  ['a URL', 'url', (template) => `https://example.com/${template}`],
  ['a JSON body', 'json', (template) => `{"x":${template}}`],
  ['a string in a JSON body', 'json', (template) => `{"x":"${template}"}`],
];

describe.each(PLACES)('in the place of %s', (_name, place, wrap) => {
  test.each(HARMLESS)('%s gives no more than data', (_claim, template) => {
    const text = renderText(wrap(template), DATA, place);
    expect(text ?? '').not.toMatch(/function|native code|Object|String|Array/);
  });

  test.each(REFUSED)('%s is refused', (_claim, template) => {
    expect(thrownBy(() => checkTemplate(wrap(template), place))).toBeInstanceOf(TemplateFault);
    expect(thrownBy(() => renderText(wrap(template), DATA, place))).toBeInstanceOf(RenderFault);
  });
});

test('fields with the names of what JavaScript gives every object are fields like any other', () => {
  expect(renderText('{{constructor}} {{__proto__.polluted}} {{#each this}}{{@key}} {{/each}}', DATA)).toBe(
    'data mine a s list __proto__ constructor names tree ',
  );
});

test('no template leaves anything behind', () => {
  for (const [, template] of [...HARMLESS, ...REFUSED]) {
    try {
      renderText(template, DATA);
    } catch (error) {
      expect(error).toBeInstanceOf(RenderFault);
    }
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((globalThis as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test.each(TREES)('a tree in place of a template is refused: %s', (_claim, tree) => {
  const template = tree as unknown as string;
  expect(thrownBy(() => checkTemplate(template, 'parameter'))).toBeInstanceOf(TemplateFault);
  expect(thrownBy(() => renderText(template, DATA))).toBeInstanceOf(RenderFault);
  expect((globalThis as Record<string, unknown>)['polluted']).toBeUndefined();
});

describe('no template holds a worker for more than 250 ms, compiling included', () => {
  const slowest: [ms: number, claim: string][] = [];
  afterAll(() => {
    const [[ms, claim]] = slowest.toSorted(([a], [b]) => b - a) as [[number, string]];
    console.info(`The slowest of ${slowest.length} hostile templates: ${claim}, ${ms.toFixed(0)} ms of CPU.`);
  });

  test.each(BOMBS)('%s', (claim, template, data = {}, place = 'parameter') => {
    // Garbage of what ran before, and other threads, may fall into one measurement, but not into each of five.
    const times = [0, 1, 2, 3, 4].map((attempt) =>
      cpuOf(() => renderBomb(template + ' '.repeat(attempt), data, place)),
    );
    const least = Math.min(...times);
    slowest.push([least, claim]);
    expect(least).toBeLessThan(250);
  });
});

/** Checks and renders a template that was never compiled before. */
function renderBomb(template: string, data: object, place: Place): void {
  try {
    if (place === 'json') {
      renderWebhook(aWebhook({ body: template }), aContext({ profile: data as Record<string, unknown> }));
    } else renderText(template, data, place);
  } catch (error) {
    expect(error).toBeInstanceOf(RenderFault);
  }
}

/** In milliseconds, of all threads of this process. */
function cpuOf(operation: () => void): number {
  const start = process.cpuUsage();
  operation();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
