/**
 * For `refetchInterval`: looks again every so many ms, once there is something. A first load that failed stays said, with
 * a way to try again; a look in between would take both away each time.
 */
export function looking(ms: number) {
  return ({ state }: { state: { data?: unknown } }) => (state.data === undefined ? (false as const) : ms);
}
