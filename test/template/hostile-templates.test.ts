import { RenderFault, TemplateFault, checkTemplate, type TemplateKind } from '../../src/template/template';
import { leastCpu, slowness } from '../support/cpu';
import { BOMBS, DATA, HARMLESS, REFUSED, TREES } from './hostile-corpus';
import { renderBomb, renderText, thrownBy } from './rendering';

const PLACES: [string, TemplateKind, (template: string) => string][] = [
  ['a parameter', 'parameter', (template) => template],
  ['a form value', 'form', (template) => template],
  ['a header', 'header', (template) => template],
  ['a URL', 'url', (template) => `https://example.com/?${template}`],
  ['a JSON body', 'json', (template) => `{"x":${template}}`],
  ['a string in a JSON body', 'json', (template) => `{"x":"${template}"}`],
];

describe.each(PLACES)('in the place of %s', (_name, kind, wrap) => {
  test.each(HARMLESS)('%s gives no more than data', (_claim, template) => {
    const text = renderText(wrap(template), DATA, kind);
    expect(text ?? '').not.toMatch(/function|native code|Object|String|Array/);
  });

  test.each(REFUSED)('%s is refused', (_claim, template) => {
    expect(thrownBy(() => checkTemplate(wrap(template), kind))).toBeInstanceOf(TemplateFault);
    expect(thrownBy(() => renderText(wrap(template), DATA, kind))).toBeInstanceOf(RenderFault);
  });
});

test('fields named like Object’s own properties are fields like any other', () => {
  expect(renderText('{{constructor}} {{__proto__.polluted}} {{#each this}}{{@key}} {{/each}}', DATA)).toBe(
    'data mine a s list __proto__ constructor names tree ',
  );
});

test('no template leaves state behind', () => {
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

test.each(TREES)('a syntax tree in place of a template is refused: %s', (_claim, tree) => {
  const template = tree as unknown as string;
  expect(thrownBy(() => checkTemplate(template, 'parameter'))).toBeInstanceOf(TemplateFault);
  expect(thrownBy(() => renderText(template, DATA))).toBeInstanceOf(RenderFault);
  expect((globalThis as Record<string, unknown>)['polluted']).toBeUndefined();
});

/* The benchmark `hostile` holds each to the 250 ms that are allowed; here it is told from one without a bound. */
describe('no template blocks a worker, compiling included', () => {
  test.each(BOMBS)('%s', (_claim, template, data = {}, kind = 'parameter') => {
    const ms = leastCpu((turn) => renderBomb(template + ' '.repeat(turn), data, kind), 2);
    expect(ms).toBeLessThan(1_000 * slowness());
  });
});
