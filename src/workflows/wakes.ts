import { fieldsOf, isCount } from './answer';

/** A wait that a signal ends: `arm` is the position of the arm that ended it, from 1. */
export interface ExpectedWake {
  readonly arm: number | undefined;
}

export type Wakes = ReturnType<typeof createWakes>;

/**
 * The signals that end waits. Anybody may send one, with anything: all but that of the wait that is expected now are
 * ignored, and so are all that come after the first.
 */
export function createWakes() {
  let expected: { waitId: string; arms: number; arm?: number } | undefined;
  return {
    receive(argument: unknown): void {
      const { waitId, arm } = fieldsOf(argument);
      if (expected === undefined || waitId !== expected.waitId) return;
      if (isCount(arm) && arm > 0 && arm <= expected.arms) expected.arm ??= arm;
    },
    expect(waitId: string, arms: number): ExpectedWake {
      const wait: { waitId: string; arms: number; arm?: number } = { waitId, arms };
      expected = wait;
      return wait as ExpectedWake;
    },
  };
}
