import { tagsIn } from '../../../src/domain/webhooks/tags';
import { urlFault } from '../../../src/domain/webhooks/request-parts';
import { jsonTemplate } from '../../../src/webhook/inline';
import { leastCpu, slowness } from '../../support/cpu';

test.each([
  ['a {{b}} c', ['{{b}}']],
  ['{{{a}}}{{b}}', ['{{{a}}}', '{{b}}']],
  ['{{{a}} {{b', ['{{{a}}']],
  ['{{{a}} {{{b}}}', ['{{{a}} {{{b}}}']],
  ['{{}}}', ['{{}}']],
  ['{a} }} {{', []],
  ['{{a}', []],
])('%s has the tags %j', (text, tags) => {
  expect(tagsIn(text).map(({ start, end }) => text.slice(start, end))).toEqual(tags);
});

test.each(['{{', '{{{a}}', '\\{{', '{{{', '}}{{', '{'])('64 KiB of %s are read in a moment', (part) => {
  const text = part.repeat(65_000 / part.length);
  const ms = leastCpu(() => {
    urlFault(`https://example.com/${text}`);
    jsonTemplate({ text: `x${text}` });
  }, 2);
  expect(ms).toBeLessThan(250 * slowness());
});
