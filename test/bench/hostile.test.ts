import benchmark from '../../bench/hostile';

test('the benchmark of hostile templates reports the slowest, with its time', async () => {
  const [row] = await benchmark.run(1);
  expect(row!.reach).toBe('≤ 250 ms');
  expect(row!.what).toMatch(/slowest of \d\d hostile templates \(.+\)$/);
  expect(parseFloat(row!.measured)).toBeGreaterThan(0);
});
