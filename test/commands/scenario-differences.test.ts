import { differencesBetween } from '../../src/commands/scenario-differences';

const PASSAGE = {
  outcome: 'exited',
  path: [
    { tileId: 'wait', way: 'next' },
    { tileId: 'crm', way: null },
  ],
  requests: [{ tileId: 'crm', status: 503, body: '{"plan":"pro","extra":1}' }],
};

it.each<[string, object, string[]]>([
  ['the fields that are named', { outcome: 'exited' }, []],
  ['a step by its tile', { path: ['wait', 'crm'] }, []],
  ['a step by some fields', { path: [{ way: 'next' }, 'crm'] }, []],
  ['a body as JSON', { requests: [{ body: { plan: 'pro' } }] }, []],
  ['a body as text', { requests: [{ body: '{"plan":"pro","extra":1}' }] }, []],
  ['another outcome', { outcome: 'completed' }, ['outcome: expected "completed", but there is "exited"']],
  [
    'a step too few and another tile',
    { path: ['other'] },
    ['path[0]: expected "other", but there is "wait"', 'path[1]: expected nothing, but there is "crm"'],
  ],
  ['a step too many', { path: ['wait', 'crm', 'end'] }, ['path[2]: expected "end", but there is nothing']],
  [
    'another value in a body',
    { requests: [{ body: { plan: 'free' } }] },
    ['requests[0].body.plan: expected "free", but there is "pro"'],
  ],
])('compares %s', (_what, expected, differences) => {
  expect(differencesBetween(expected, PASSAGE)).toEqual(differences);
});
