/** Runs `task` for 0 to `count` - 1, at most `atOnce` at a time. */
export async function inLanes(
  atOnce: number,
  count: number,
  task: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
