import benchmark from '../../bench/render';

test('the benchmark of rendering reports a ratio, of deliveries of 1 KiB', async () => {
  const rows = await benchmark.run(20);
  expect(rows[0]!.reach).toBe('≤ 4.0');
  expect(Number(rows[0]!.measured)).toBeGreaterThan(0);
  expect(Number(rows.find(({ what }) => what === 'length of the body')!.measured)).toBeGreaterThan(1_000);
});
