import { RenderFault, TemplateFault, checkTemplate, type Place } from '../../src/webhook/templates';
import { renderText, thrownBy } from './rendering';

const DATA = JSON.parse(
  '{"a": {"b": 1}, "s": "text", "list": [1, 2], "__proto__": {"polluted": "mine"}, "constructor": "data"}',
) as object;

/** Ways out of older template engines, by what they reach for. */
const ATTACKS: [string, string][] = [
  ['constructor of a string', '{{s.constructor}}{{s.constructor.name}}'],
  ['constructor of an array', '{{list.constructor}}{{#with list}}{{constructor}}{{/with}}'],
  ['constructor of an object', '{{a.constructor}}{{#with a}}{{constructor.constructor}}{{/with}}'],
  ['constructor through lookup', '{{lookup (lookup a "constructor") "name"}}'],
  ['constructor through an array as name', '{{lookup a list}}{{lookup s (lookup list "map")}}'],
  ['prototype', '{{a.__proto__}}{{lookup a "__proto__"}}{{list.__proto__.constructor}}'],
  [
    'legacy accessors',
    '{{a.__lookupGetter__}}{{lookup a "__defineGetter__"}}{{#with a}}{{__defineSetter__}}{{/with}}',
  ],
  [
    'methods',
    '{{s.toString}}{{a.hasOwnProperty}}{{list.map}}{{#with list}}{{push}}{{/with}}{{#with s}}{{sub}}{{/with}}',
  ],
  ['methods of the root', '{{toString}}{{valueOf}}{{hasOwnProperty}}{{@root.toString}}{{this.toString}}'],
  ['members of a function', '{{#with (lookup a "toString")}}{{call}}{{/with}}'],
  ['the prototype of a step', '{{a.b.constructor.constructor}}'],
  ['helper names as fields', '{{helperMissing}}{{blockHelperMissing}}{{log}}{{@root.helperMissing}}'],
  ['names of our own as fields', '{{[:out]}}{{[:member]}}{{[:value lookup]}}{{this.[:out]}}'],
  ['above the root', '{{../a}}{{../../s}}{{#with a}}{{../../../s}}{{/with}}'],
];

const REFUSED: [string, string][] = [
  [
    'the chain through a string’s methods',
    '{{#with "s" as |string|}}{{#with "e"}}{{#with split as |conslist|}}{{this.pop}}{{this.push (lookup string.sub "constructor")}}{{/with}}{{/with}}{{/with}}',
  ],
  ['a call of helperMissing', '{{helperMissing a b}}'],
  ['a call of blockHelperMissing', '{{#blockHelperMissing a}}{{/blockHelperMissing}}'],
  ['a call of a method', '{{a.toString "x"}}'],
  ['a call through lookup', '{{#(lookup a "constructor")}}{{/lookup}}'],
  ['a call of constructor', '{{constructor "return 1"}}'],
  ['a block on constructor', '{{#constructor}}{{/constructor}}'],
  ['a call of __defineGetter__', '{{__defineGetter__ "undefined" valueOf}}'],
  ['a call of __lookupGetter__', '{{#each (__lookupGetter__ "x")}}{{/each}}'],
  ['log', '{{log "x"}}'],
  ['an internal helper', '{{[:out] "text" a}}'],
  ['an internal helper in parentheses', '{{urlEncode ([:member] a "b")}}'],
  ['an internal block', '{{#[:block if] a}}{{/[:block if]}}'],
  ['a name that shadows an internal helper', '{{#each list as |:out|}}{{s}}{{/each}}'],
  ['a name that shadows a helper', '{{#with a as |lookup|}}{{lookup a "b"}}{{/with}}'],
  ['a dynamic partial', '{{> (lookup . "s")}}'],
  ['an inline partial', '{{#*inline "x"}}{{s}}{{/inline}}'],
  ['the frame of a loop', '{{#each list}}{{@_parent}}{{/each}}'],
];

const PLACES: [Place, (template: string) => string][] = [
  ['parameter', (template) => template],
  ['form', (template) => template],
  ['header', (template) => template],
  ['url', (template) => `https://example.com/${template}`],
  ['json', (template) => `{"x":"${template.replaceAll('"', "'")}"}`],
];

describe.each(PLACES)('in a template of kind %s', (place, wrap) => {
  test.each(ATTACKS)('%s gives no more than data', (_claim, template) => {
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
    'data mine a s list __proto__ constructor ',
  );
});

test('no template leaves anything behind', () => {
  for (const [, template] of [...ATTACKS, ...REFUSED]) {
    try {
      renderText(template, DATA);
    } catch (error) {
      expect(error).toBeInstanceOf(RenderFault);
    }
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});
