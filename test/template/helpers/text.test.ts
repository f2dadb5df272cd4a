import { RenderFault } from '../../../src/template/template';
import { renderText, thrownBy } from '../rendering';

const DATA = {
  name: 'ada king lovelace',
  mixed: 'iPhone aBc',
  accents: 'émile zola',
  empty: '',
  number: 1234.5,
  list: ['a', 1, null, { b: 2 }],
  lines: 'one\ntwo\r\nthree\rfour',
  emoji: 'a😀b',
  dollars: 'price',
};

test.each([
  [
    '{{capitalize name}} {{capitalize mixed}} {{capitalize accents}}',
    'Ada King Lovelace IPhone ABc Émile Zola',
  ],
  [
    '{{capitalizeFirst name}} {{capitalizeFirst accents}} {{capitalizeFirst emoji}}',
    'Ada king lovelace Émile zola A😀b',
  ],
  ['{{upper name}} {{lower "ÀBC"}} {{upper number}}', 'ADA KING LOVELACE àbc 1234.5'],
  ['{{cut name "a"}} {{cut name " "}} {{cut name ""}}', 'd king lovelce adakinglovelace ada king lovelace'],
  [
    '{{replace name "a" "o"}} {{replace name "." "x"}} {{replace name "ada" missing}}',
    'odo king loveloce ada king lovelace  king lovelace',
  ],
  ['{{replace dollars "price" "$& $1 $$"}}', '$& $1 $$'],
  ['{{substring name 4}} {{substring name 4 8}} {{substring name 0 "3"}}', 'king lovelace king ada'],
  ['<{{substring name 4 4}}{{substring name 8 2}}{{substring name 99}}>{{substring name -5 3}}', '<>ada'],
  [
    '{{abbreviate name 8}} {{abbreviate name 17}} {{abbreviate name 16}}',
    'ada k... ada king lovelace ada king love...',
  ],
  ['{{abbreviate name 3}} {{abbreviate name 2}} <{{abbreviate name 0}}>', '... .. <>'],
  [
    '{{slugify "Joel is a slug"}} {{slugify " Crème Brûlée & Co. - 2 "}} {{slugify "a_b"}}',
    'joel-is-a-slug creme-brulee-co-2 a_b',
  ],
  [
    '<{{center "ab" size=7}}> <{{center "ab" size=6 pad="*"}}> <{{center "a" size=6 pad="xy"}}>',
    '<  ab   > <**ab**> <xyaxyx>',
  ],
  ['<{{center "abc" size=2}}> <{{center "a" size="3" pad=""}}>', '<abc> < a >'],
  [
    '{{join list ", "}} {{join list "" prefix="[" suffix="]"}} {{join name ","}}',
    'a, 1, , {"b":2} [a1{"b":2}] ada king lovelace',
  ],
  [
    '{{#breaklines}}{{lines}}{{/breaklines}}|{{breaklines lines}}',
    'one<br />two<br />three<br />four|one<br />two<br />three<br />four',
  ],
  ['<{{substring emoji 0 2}}> <{{substring emoji 2}}> <{{abbreviate emoji 5}}>', '<a> <b> <a😀b>'],
  ['{{upper (replace (lower "A-B") "-" "_")}}', 'A_B'],
])('%s', (template, text) => {
  expect(renderText(template, DATA)).toBe(text);
});

test.each([
  'capitalize x', 'capitalizeFirst x', 'upper x', 'lower x', 'cut x "a"', 'replace x "a" "b"', 'substring x 1',
  'abbreviate x 5', 'slugify x', 'center x size=5', 'join x ","', 'breaklines x',
])('%s gives nothing where there is nothing', (call) => {
  expect(renderText(`<{{${call}}}>`, {})).toBe('<>');
  expect(renderText(`{{${call}}}`, { x: null }, 'form')).toBeUndefined();
}); // prettier-ignore

test.each([
  'substring name "x"',
  'substring name missing',
  'abbreviate name missing',
  'center name',
  'center name size="x"',
])('%s, without its number, fails the rendering and says nothing of the data', (call) => {
  const fault = thrownBy(() => renderText(`{{${call}}}`, DATA)) as RenderFault;
  expect(fault).toBeInstanceOf(RenderFault);
  expect(fault.message).toContain(
    `“${call.split(' ')[0]!}” cannot work: a parameter is missing or not a number`,
  );
  expect(fault.message).not.toContain('ada');
});

test.each([
  ['center', '{{center "x" size=1000000000}}'],
  ['replace', '{{replace x "a" "0123456789"}}'],
  ['replace, again and again', `${'{{replace x "a" "bc"}}'.repeat(5)}`],
  ['join', '{{join y x}}'],
  ['breaklines', '{{breaklines z}}'],
  ['upper, of long texts', '{{#each y}}{{upper @root.x}}{{/each}}'],
])('%s makes no text of more than 1 MiB', (_name, template) => {
  const data = { x: 'a'.repeat(300_000), y: Array.from({ length: 100 }, () => ''), z: '\n'.repeat(500_000) };
  expect(() => renderText(template, data)).toThrow('gave more than 1 MiB of text');
});
