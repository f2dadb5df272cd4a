import type { TemplateKind } from '../../src/template/template';

/* Templates and data from the public advisories on Handlebars, and others in their spirit. */

/** A template, by what it reaches for. */
export type Attack = [claim: string, template: string];

/** Give no more than data, wherever they stand. */
export const HARMLESS: Attack[] = [
  ['constructor of a string', '{{s.constructor}}{{s.constructor.name}}'],
  ['constructor of an array', '{{list.constructor}}{{#with list}}{{constructor}}{{/with}}'],
  ['constructor of an object', '{{a.constructor}}{{#with a}}{{constructor.constructor}}{{/with}}'],
  ['constructor through lookup (GHSA-q42p-pg8m-cqh6)', '{{lookup (lookup a "constructor") "name"}}'],
  [
    'constructor through a name that only reads like it (GHSA-g9r4-xpmj-mj65)',
    '{{lookup a (join (lookup names "parts") "")}}{{lookup a (lower "CONSTRUCTOR")}}{{lookup a (replace "cXonstructor" "X" "")}}',
  ],
  ['constructor through an array as name', '{{lookup a list}}{{lookup s (lookup list "map")}}'],
  ['prototype', '{{a.__proto__}}{{lookup a "__proto__"}}{{list.__proto__.constructor}}'],
  [
    'legacy accessors (GHSA-w457-6q6x-cgp9)',
    '{{a.__lookupGetter__}}{{lookup a "__defineGetter__"}}{{#with a}}{{__defineSetter__}}{{/with}}{{lookup a "__lookupSetter__"}}',
  ],
  [
    'methods',
    '{{s.toString}}{{a.hasOwnProperty}}{{list.map}}{{#with list}}{{push}}{{/with}}{{#with s}}{{sub}}{{/with}}',
  ],
  ['methods of the root', '{{toString}}{{valueOf}}{{hasOwnProperty}}{{@root.toString}}{{this.toString}}'],
  ['members of a function', '{{#with (lookup a "toString")}}{{call}}{{/with}}'],
  ['the prototype of a step', '{{a.b.constructor.constructor}}'],
  [
    'a property quoted into code (GHSA-765h-qjxv-5f44)',
    `{{a.[x" + alert(1) + "]}}{{a.[']}}{{lookup a "'];throw 1//"}}`,
  ],
  ['backslashes in a name', '{{lookup a "\\u0022"}}{{a.[\\u0022]}}'],
  ['line ends of JavaScript in a name', '{{a.[\u2028]}}{{a.[\u2029x]}}{{lookup a "\u2028"}}'],
  ['helper names as fields', '{{helperMissing}}{{blockHelperMissing}}{{log}}{{@root.helperMissing}}'],
  ['names of our own as fields', '{{[:out]}}{{[:member]}}{{[:value lookup]}}{{this.[:out]}}{{[:assign]}}'],
  [
    'above the root',
    '{{../a}}{{../../s}}{{#with a}}{{../../../s}}{{/with}}{{#each list}}{{@../../index}}{{/each}}',
  ],
  [
    'prototypes through helpers',
    '{{#sortBy list "constructor"}}{{constructor}}{{/sortBy}}{{#groupBy (lookup names "rows") "__proto__"}}{{@key}}{{/groupBy}}{{maxInList list "length.constructor"}}',
  ],
  [
    'options of a helper as a prototype',
    '{{eq 1 1 yes=s.constructor no=a.__proto__}}{{#ifContains list \'{"__proto__":{"x":1}}\'}}x{{/ifContains}}',
  ],
  [
    'a tree as a value (GHSA-xhpv-hc6g-r9c6)',
    '{{lookup tree "body"}}{{#with tree}}{{#each body}}{{this.path}}{{/each}}{{/with}}',
  ],
  [
    'a name that a pollution would have (GHSA-2qvq-rjwj-gvw9)',
    '{{#assign "polluted"}}x{{/assign}}{{#assign "prototype"}}x{{/assign}}{{a.polluted}}',
  ],
];

/** Are refused when they are saved, and render nothing if they were saved all the same. */
export const REFUSED: Attack[] = [
  [
    'the chain through a string’s methods (GHSA-w457-6q6x-cgp9)',
    '{{#with "s" as |string|}}{{#with "e"}}{{#with split as |conslist|}}{{this.pop}}{{this.push (lookup string.sub "constructor")}}{{/with}}{{/with}}{{/with}}',
  ],
  [
    'the chain through concat and slice',
    '{{#with "undefined"}}{{#with split}}{{#with (concat valueOf (lookup . "__defineGetter__")) as |a|}}{{#each (slice 2 3)}}{{apply @root a}}{{/each}}{{/with}}{{/with}}{{/with}}',
  ],
  ['a call of helperMissing (GHSA-2cf5-4w76-r9qv)', '{{helperMissing a b}}'],
  ['a call of blockHelperMissing (GHSA-2cf5-4w76-r9qv)', '{{#blockHelperMissing a}}{{/blockHelperMissing}}'],
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
  ['the internal block of assign', '{{#[:assign] "x"}}{{/[:assign]}}'],
  ['a name that shadows an internal helper', '{{#each list as |:out|}}{{s}}{{/each}}'],
  ['a name that shadows a helper', '{{#with a as |lookup|}}{{lookup a "b"}}{{/with}}'],
  ['a name that is assigned over a helper', '{{#assign "lookup"}}x{{/assign}}'],
  ['an assignment to what data names', '{{#assign s}}x{{/assign}}'],
  ['a dynamic partial (GHSA-xhpv-hc6g-r9c6)', '{{> (lookup . "tree")}}'],
  ['a partial of a plain name (GHSA-2qvq-rjwj-gvw9)', '{{> toString}}'],
  ['a partial block (GHSA-3mfm-83xf-c92r)', '{{#> x}}{{> @partial-block}}{{/x}}'],
  ['the frame of a partial block (GHSA-3mfm-83xf-c92r)', '{{lookup @_parent "partial-block"}}'],
  ['a decorator that is not there (GHSA-9cx6-37pm-9jff)', '{{*n}}'],
  ['a decorator block', '{{#*n}}{{/n}}'],
  ['an inline partial', '{{#*inline "x"}}{{s}}{{/inline}}'],
  ['the frame of a loop', '{{#each list}}{{@_parent}}{{/each}}'],
  ['a backslash at the end of a quoted name (GHSA-f2jv-r9rf-7988)', '{{a.[x\\]}}'],
  ['raw blocks', '{{{{raw}}}} {{s}} {{{{/raw}}}}'],
  ['parameters quoted into code', '{{#each list as |x"];throw[1|}}{{/each}}'],
];

/** What `JSON.parse` may give to someone who takes an object for a template (GHSA-2w6w-674q-4c4q, GHSA-8r5x-fm3f-whwj). */
export const TREES: [string, object][] = [
  ['a number that is code', tree({ type: 'NumberLiteral', value: 'globalThis.polluted = 1', original: 1 })],
  [
    'a boolean that is code',
    tree({ type: 'BooleanLiteral', value: 'globalThis.polluted = 1', original: true }),
  ],
  ['a text that is none', tree({ type: 'StringLiteral', value: { toString: 'x' }, original: 'x' })],
  [
    'a path whose depth is code',
    tree({
      type: 'PathExpression',
      depth: 'globalThis.polluted = 1',
      parts: ['x'],
      original: 'x',
      data: false,
    }),
  ],
  ['block parameters that are code', { ...tree(), blockParams: { length: 'globalThis.polluted = 1' } }],
];

function tree(param?: object): object {
  const loc = { start: { line: 1, column: 0 }, end: { line: 1, column: 1 } };
  const path = { type: 'PathExpression', data: false, depth: 0, parts: ['lookup'], original: 'lookup', loc };
  const tag = {
    type: 'MustacheStatement',
    path,
    params: param ? [param, param] : [],
    escaped: true,
    strip: {},
    loc,
  };
  return { type: 'Program', body: [tag], loc };
}

export const DATA = {
  ...(JSON.parse(
    '{"a": {"b": 1}, "s": "text", "list": [1, 2], "__proto__": {"polluted": "mine"}, "constructor": "data"}',
  ) as object),
  names: { parts: ['con', 'structor'], rows: [{ x: 1 }, { x: 2 }] },
  tree: TREES[0]![1],
};

const N = (count: number) => Array.from({ length: count }, (_, index) => index);
const long = 'a'.repeat(1_000_000);
/** A text and another that almost occurs everywhere in it. */
const near = 'a'.repeat(250_000) + 'b' + 'a'.repeat(249_999);
const marks = 'a' + '\u0301\u0316'.repeat(250_000);
const rows = N(10_000).map((n) => ({ n: (n * 7_919) % 10_000, t: `${n}`.padStart(40, 'x'), o: { m: [n] } }));

/** Bombs: what they do, the template, and the data. Each is refused, fails, or is done in a moment. */
export const BOMBS: [claim: string, template: string, data?: object, kind?: TemplateKind][] = [
  [
    'three loops in each other',
    '{{#each x}}{{#each @root.x}}{{#each @root.x}}x{{/each}}{{/each}}{{/each}}',
    { x: N(100) },
  ],
  ['a loop over a million items', '{{#each x}}{{/each}}', { x: N(1_000_000) }],
  [
    'a loop over a large object',
    '{{#each x}}{{@key}}{{/each}}',
    { x: Object.fromEntries(N(200_000).map((n) => [`k${n}`, n])) },
  ],
  ['long text in a loop', `{{#each x}}${'x'.repeat(60_000)}{{/each}}`, { x: N(10_000) }],
  ['a long value in a loop', '{{#each x}}{{@root.y}}{{/each}}', { x: N(1_000), y: long }],
  [
    'a long value, assigned to itself',
    '{{#each x}}{{#assign "y"}}{{y}}{{y}}{{/assign}}{{/each}}{{y}}',
    { x: N(100), y: 'ab' },
  ],
  ['center to a billion', '{{center "x" size=1000000000}}'],
  ['center to a number that is none', '{{center "x" size=n}}', { n: 1e308 }],
  ['center in a loop', '{{#each x}}{{center "x" size=1000000}}{{/each}}', { x: N(1_000) }],
  [
    'text that grows by replacing',
    `{{${'replace ('.repeat(30)}replace x "a" "aaaaaaaa"${') "a" "aaaaaaaa"'.repeat(30)}}}`,
    { x: 'aaaa' },
  ],
  [
    'texts cut and replaced in a loop',
    '{{#each x}}{{#if (cut @root.y "b")}}{{/if}}{{#if (replace @root.y "a" "b")}}{{/if}}{{/each}}',
    { x: N(1_000), y: long },
  ],
  ['encodings of encodings', `{{${'urlEncode ('.repeat(40)}x${')'.repeat(40)}}}`, { x: '%'.repeat(100_000) }],
  ['JSON of JSON of JSON', `{{${'toJson ('.repeat(40)}x${')'.repeat(40)}}}`, { x: '"\\' }],
  ['hex of hex of hex', `{{${'hexEncode ('.repeat(40)}x${')'.repeat(40)}}}`, { x: 'xx' }],
  [
    'large objects as JSON in a loop',
    '{{#each x}}{{#if (toJson @root.y)}}{{/if}}{{/each}}',
    { x: N(1_000), y: rows },
  ],
  [
    'hashes of long texts in a loop',
    '{{#each x}}{{sha256 @root.y}}{{md5 @root.y}}{{hmacSHA256 @root.y}}{{/each}}',
    { x: N(10_000), y: long },
  ],
  [
    'long texts in every kind of writing',
    '{{#each x}}{{#if (slugify @root.y)}}{{/if}}{{#if (capitalize @root.y)}}{{/if}}{{/each}}',
    { x: N(1_000), y: 'É '.repeat(500_000) },
  ],
  ['sorting in a loop', '{{#each x}}{{#if (sortBy @root.y "t")}}{{/if}}{{/each}}', { x: N(1_000), y: rows }],
  ['sorting by what is an object', '{{#sortBy y "o"}}{{n}}{{/sortBy}}', { y: rows }],
  [
    'grouping in a loop',
    '{{#each x}}{{#groupBy @root.y "n"}}{{/groupBy}}{{minInList @root.y "n"}}{{/each}}',
    { x: N(1_000), y: rows },
  ],
  ['joining in a loop', '{{#each x}}{{join @root.y "--"}}{{/each}}', { x: N(1_000), y: N(100_000) }],
  [
    'comparing large objects in a loop',
    '{{#each x}}{{#eq @root.y @root.z}}{{/eq}}{{/each}}',
    { x: N(1_000), y: rows, z: structuredClone(rows) },
  ],
  [
    'searching large lists in a loop',
    `{{#each x}}{{#ifContains @root.y '{"o":{"m":[-1]}}'}}{{/ifContains}}{{/each}}`,
    { x: N(1_000), y: rows },
  ],
  [
    'JSON to search for, in a loop',
    '{{#each x}}{{#ifContains @root.x @root.y}}{{/ifContains}}{{/each}}',
    { x: N(1_000), y: `{"a":[${'1,'.repeat(400_000)}1]}` },
  ],
  [
    'objects searched for what none of them has',
    '{{#ifContains x y}}{{/ifContains}}',
    {
      x: N(100_000).map(() => ({})),
      y: JSON.stringify(Object.fromEntries(N(50_000).map((n) => [`k${n}`, null]))),
    },
  ],
  [
    'a long list searched for a number',
    '{{#ifContains x y}}{{/ifContains}}',
    { x: N(300_000), y: '9'.repeat(400) },
  ],
  ...['sortBy', 'groupBy'].map((name): [string, string, object] => [
    `${name} by a field with a name of a million characters`,
    `{{#${name} x f}}{{/${name}}}`,
    { x: rows, f: long },
  ]),
  ['the least by a field of 500,000 parts', '{{minInList x f}}', { x: rows, f: 'a.'.repeat(500_000) }],
  [
    'a text searched for one that almost occurs',
    '{{#ifContainsStr x y}}{{/ifContainsStr}}',
    { x: long, y: near },
  ],
  ['the same replaced and cut', '{{replace x y "z"}}{{cut x y}}', { x: long, y: near }],
  ['half a million combining marks', '{{slugify x}}', { x: marks }],
  ['the same in a URL', 'https://example.com/{{x}}', { x: marks }, 'url'],
  ['the same in a segment of a URL', 'https://example.com/{{pathSegment x}}', { x: marks }, 'url'],
  ['half a million segments of a URL', 'https://example.com/{{x}}', { x: '.a/'.repeat(300_000) }, 'url'],
  [
    'a value nested a hundred thousand deep',
    '{{deep}}{{toJson deep}}{{sha256 deep}}',
    { deep: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown },
  ],
  [
    'a path of a thousand steps in a loop',
    `{{#each x}}{{a${'.b'.repeat(1_000)}}}{{/each}}`,
    { x: N(100_000) },
  ],
  ...[
    '(a+)+',
    '(a|a)*b',
    '(.*)*x',
    '(?:.*a){40}b',
    '([a-z]+)*\\d',
    '(a?){400}a{99}',
    '(?:a|aa|aaa)+$',
    '[\\p{L}\\p{N}]{300}',
  ].map((pattern): [string, string, object] => [
    `the pattern ${pattern} in a loop`,
    `{{#each x}}{{#ifMatchesRegexStr @root.y '${pattern}'}}{{/ifMatchesRegexStr}}{{/each}}`,
    { x: N(1_000), y: `${'a'.repeat(900)}!` },
  ]),
  [
    'patterns from data, each another',
    '{{#each x}}{{#ifMatchesRegexStr @root.y (join @root.z this)}}{{/ifMatchesRegexStr}}{{/each}}',
    { x: N(10_000), y: 'a'.repeat(900), z: ['(?:a{1,30}', 'b?){1,20}'] },
  ],
  ...(
    [
      ['fifty patterns of 5,000 instructions', N(50).map((n) => `(.?){700}${n}`)],
      ['a pattern of 70,000 instructions', ['a{1000}'.repeat(70)]],
      ['a pattern of seventy properties', ['(?i)\\pL'.repeat(71)]],
    ] as const
  ).map(([claim, patterns]): [string, string, object] => [
    claim,
    patterns.map((pattern) => `{{#ifMatchesRegexStr x '${pattern}'}}{{/ifMatchesRegexStr}}`).join(''),
    { x: 'a' },
  ]),
  [
    'languages from data, each another',
    '{{#each x}}{{dateFormat "2026-01-02" "EEEE d MMMM z a" this}}{{/each}}',
    {
      x: N(17_576).map((n) =>
        [676, 26, 1].map((size) => String.fromCharCode(97 + (Math.floor(n / size) % 26))).join(''),
      ),
    },
  ],
  [
    'time zones from data, each another',
    '{{#each x}}{{dateFormat "2026-01-02" "z" tz=this}}{{/each}}',
    { x: N(10).flatMap(() => Intl.supportedValuesOf('timeZone')) },
  ],
  [
    'a date pattern full of names',
    `{{#each x}}{{now "${'EEEE zzzz MMMM a '.repeat(11)}"}}{{/each}}`,
    { x: N(10_000) },
  ],
  [
    'date sums from end to end',
    `{{#each x}}{{dateMath "2026-01-02" "${'+1M-1d'.repeat(10)}" tz="America/New_York"}}{{/each}}`,
    { x: N(10_000) },
  ],
  [
    'digits without end',
    '{{numberFormat n maximumFractionDigits=20 minimumFractionDigits=20}}{{numberFormat n "0.00000000000000000000"}}',
    { n: 1e308 },
  ],
  ['a number of a million digits', '{{numberFormat n "#,##0.00"}}', { n: '9'.repeat(1_000_000) }],
  [
    'numbers of a million digits, compared',
    '{{#each x}}{{#gt @root.n @root.m}}{{/gt}}{{/each}}',
    { x: N(10_000), n: '9'.repeat(1_000_000), m: '8'.repeat(1_000_000) },
  ],
  [
    'a number pattern of commas',
    `{{#each x}}{{numberFormat 1 @root.p}}{{/each}}`,
    { x: N(1_000), p: `#${','.repeat(97)};x` },
  ],
  [
    'number formats of many languages',
    '{{#each x}}{{numberFormat 1234.5 "currency" this}}{{/each}}',
    { x: N(17_576).map((n) => `en_${String.fromCharCode(65 + (Math.floor(n / 26) % 26), 65 + (n % 26))}`) },
  ],
  ['two thousand tags', '{{x}}'.repeat(2_000), { x: 'y' }],
  ['two thousand blocks', '{{#if x}}a{{/if}}'.repeat(2_000), { x: 1 }],
  ['two thousand calls', '{{upper (lower x)}}'.repeat(1_000), { x: 'y' }],
  ['blocks nested to the limit', `${'{{#if x}}'.repeat(60)}${'{{/if}}'.repeat(60)}`.repeat(33), { x: 1 }],
  ['calls nested to the limit', `{{${'upper ('.repeat(62)}x${')'.repeat(62)}}}`.repeat(32), { x: 'y' }],
  ['eight thousand words', '{{a.b.c.d}}'.repeat(2_000), {}],
  ['64 KiB of one path', `{{${'a.'.repeat(32_000)}a}}`],
  ['64 KiB of open braces', '{{'.repeat(32_000)],
  ['64 KiB of spaces in a tag', `{{x${' '.repeat(65_000)}}}`],
  ['64 KiB of a comment', `{{!--${'-'.repeat(65_000)}--}}`],
  ['64 KiB of backslashes', `${'\\'.repeat(65_000)}{{x}}`, { x: 1 }],
  ['64 KiB of backslashes at the end', `{{x}}${'\\'.repeat(65_000)}`, { x: 1 }],
  ['64 KiB of backslashes in JSON', `{"a":"${'\\'.repeat(65_000)}{{x}}"}`, { x: 1 }, 'json'],
  ['64 KiB of backslashes in quotes', `{{x "${'\\'.repeat(65_000)}"}}`],
  ['64 KiB of open blocks', '{{#if x}}'.repeat(7_000)],
  ['64 KiB of open blocks that are not closed', '{{#if '.repeat(10_000)],
  ['64 KiB of quotes in a tag', `{{x ${'"'.repeat(65_000)}}}`],
  ['64 KiB of lines before a block', `${'\n'.repeat(65_000)}x{{#if x}}y{{/if}}`],
  ['64 KiB of spaces around blocks', `${' '.repeat(50)}{{#if x}}y{{/if}}`.repeat(900)],
  ['64 KiB of comments', '{{!}}'.repeat(13_000)],
  ['a line break in a string of JSON', `{"a":"${'a'.repeat(65_000)}\n{{x}}"}`, {}, 'json'],
  [
    'spaces before two thousand tags of JSON',
    `${' '.repeat(50_000)}{"a":[${'{{x}},'.repeat(1_900)}1]}`,
    {},
    'json',
  ],
  ['a JSON body of a million items', '{"a":{{x}},"b":{{missing}}}', { x: N(150_000) }, 'json'],
  [
    'a JSON body nested too deep',
    '{"a":{{x}}}',
    { x: JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown },
    'json',
  ],
  ['a JSON body that breaks late', '{"a":{{x}},"b":{{#each x}}{{this}}{{/each}}}', { x: N(20_000) }, 'json'],
];

/** Values of a path that something on the way may read as `.` or `..`, or as nothing: the claim and the value. */
export const DOTS: [claim: string, value: string][] = [
  ['one dot', '.'],
  ['two dots', '..'],
  ['dots that are percent-encoded', '%2e%2E'],
  ['one of two dots encoded', '.%2e'],
  ['dots encoded twice', '%252e%252e'],
  ['dots encoded many times', '%25252525252e%252e'],
  ['a percent sign that is encoded digit by digit', '%%32%65%%32%65'],
  ['overlong UTF-8', '%c0%ae%c0%ae'],
  ['overlong UTF-8 of three bytes', '%e0%80%ae.'],
  ['IIS’s encoding', '%u002e%u002e'],
  ['full-width dots', '\uff0e\uff0e'],
  ['full-width dots, encoded', '%ef%bc%8e%ef%bc%8e'],
  ['a sign of two dots', '\u2025'],
  ['a parameter of a servlet after the dots', '..;x=1'],
  ['the same, encoded', '..%3bx'],
  ['a space after the dots', '.. '],
  ['an encoded NUL after the dots', '..%00'],
  ['an encoded tab between the dots', '.%09.'],
  ['an encoded line break after a dot', '.%0a'],
  ['an invisible character between the dots', '.\u200b.'],
  ['dots in the middle', 'a/../b'],
  ['dots at the end', 'a/..'],
  ['a backslash', '..\\admin'],
  ['an encoded slash', '..%2fadmin'],
  ['a slash encoded twice', 'x%252f..%252fadmin'],
  ['an encoded backslash', '..%5cadmin'],
  ['an overlong slash', '..%c0%afadmin'],
  ['a full-width slash', '..\uff0fadmin'],
];

/** Values that would leave nothing where a segment of the path is. */
export const EMPTY_SEGMENTS: [claim: string, value: unknown][] = [
  ['no value', undefined],
  ['null', null],
  ['empty text', ''],
  ['a slash', '/'],
  ['a slash at the start', '/admin'],
  ['a slash at the end', 'a/'],
  ['two slashes', 'a//b'],
];

/** Values that would leave the place where they stand in a URL. */
export const LEAVERS: string[] = [
  '?admin=1', '#', 'a?b#c', 'x&admin=1', 'x;admin=1', 'a=b=c', '&', '=', '%26admin=1', 'x #', '+', 'a b ', '\\\\evil.example', '@evil.example', ':81',
  '?', '%3Fx', '%23', '*', "'\"<>", '[::1]', '\u2028', '\ud800', 'é',
]; // prettier-ignore

/** Endpoints whose host the data decides on, or could. */
export const FREE_HOSTS: [claim: string, endpoint: string][] = [
  ['a tag for a host', 'https://{{host}}/users'],
  ['a tag in the host', 'https://{{region}}.example.com/users'],
  ['a tag without escaping', 'https://{{{host}}}/users'],
  ['a tag right after the host', 'https://api.example.com{{path}}'],
  ['a tag for the port', 'https://api.example.com:{{port}}/users'],
  ['a tag in a user name', 'https://{{user}}@api.example.com/users'],
  ['a block in the host', 'https://{{#if eu}}eu{{else}}us{{/if}}.example.com/users'],
  ['a block right after the host', 'https://api.example.com{{#if v}}.evil.example{{/if}}/users'],
  ['a block that brings the slash', 'https://api.example.com{{#if v}}/{{v}}{{/if}}'],
  ['an encoding block', 'https://{{#urlEncode}}{{host}}{{/urlEncode}}/users'],
  ['an assigned name', 'https://{{#assign "h"}}evil{{/assign}}api.example.com/users'],
  ['a comment', 'https://api{{! or evil }}.example.com/users'],
  ['a tag that an escape precedes', 'https://api.example.com\\{{host}}/users'],
  ['a scheme in capitals', 'HTTPS://{{host}}/users'],
];
