import { RenderFault } from '../../src/template/template';
import { compare, reserve, startRun, type Run } from '../../src/template/run';
import { HMAC_KEY, NOW, renderText, thrownBy } from './rendering';

/** A run that began so long ago, of which the process has worked so long. */
function runOf(passedMs: number, workedMs: number): Run {
  const run = startRun({ now: NOW, hmacKey: HMAC_KEY });
  return { ...run, deadline: run.deadline - passedMs, cpuAtStart: run.cpuAtStart - workedMs };
}

test('a run is limited by its CPU time, not by wall-clock time on a busy machine', () => {
  const run = runOf(60_000, 0);
  expect(() => reserve(run, 0)).not.toThrow();
  expect(thrownBy(() => reserve(runOf(60_000, 60_000), 0))).toBeInstanceOf(RenderFault);
});

test('helpers for lists make a limited number of comparisons in one run', () => {
  const run = startRun({ now: NOW, hmacKey: HMAC_KEY });
  for (let count = 0; count < 250_000; count += 1) compare(run);
  expect(thrownBy(() => compare(run))).toMatchObject({
    message: expect.stringContaining('250000 comparisons') as string,
  });
});

test.each([
  ['ifContains', '{{#ifContains list -1}}{{/ifContains}}'],
  ['ifContains with an object', `{{#ifContains list '{"n": -1}'}}{{/ifContains}}`],
  ['sortBy', '{{#sortBy list "n"}}{{/sortBy}}'],
  ['sortBy in a tag', '{{#if (sortBy list "n")}}{{/if}}'],
  ['minInList', '{{minInList list "n"}}'],
  ['maxInList as a block', '{{#maxInList list "n"}}{{/maxInList}}'],
])('%s counts its comparisons', (_helper, template) => {
  // Short: one round stays far from the limit of time on a busy machine too.
  const list = Array.from({ length: 1_000 }, (_, n) => ({ n: (n * 7_919) % 1_000 }));
  const loop = (rounds: number) =>
    renderText(`{{#each rounds}}${template.replaceAll('list', '@root.list')}{{/each}}`, {
      list,
      rounds: Array.from({ length: rounds }, (_, n) => n),
    });
  expect(loop(1)).toBe(template.startsWith('{{min') ? '{"n":0}' : '');
  expect(thrownBy(() => loop(300))).toMatchObject({
    message: expect.stringMatching(/comparisons|150 ms/) as string,
  });
});
