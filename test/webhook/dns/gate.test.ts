import { createGate } from '../../../src/webhook/dns/gate';

const turns = () => new Promise((resolve) => setImmediate(resolve));

test('few works begin at once, and each that ends lets another begin', async () => {
  const gate = createGate(2, 60_000);
  const ends: (() => void)[] = [];
  const works = Array.from({ length: 4 }, () => gate(() => new Promise<void>((end) => ends.push(end))));
  await turns();
  expect(ends).toHaveLength(2);
  ends[1]!();
  await turns();
  expect(ends).toHaveLength(3);
  ends[0]!();
  ends[2]!();
  await turns();
  ends[3]!();
  await Promise.all(works);
});

test('one that fails lets another begin, and its failure is passed on', async () => {
  const gate = createGate(1, 60_000);
  await expect(gate(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await gate(() => Promise.resolve('done'))).toBe('done');
});

test('works that take long keep nobody waiting', async () => {
  const gate = createGate(2, 5);
  let begun = 0;
  for (let n = 0; n < 20; n += 1) void gate(() => new Promise(() => (begun += 1)));
  expect(await gate(() => Promise.resolve(begun))).toBe(20);
});
