import crypto from 'node:crypto';
import timers from 'node:timers/promises';
import type { Clock, Moment } from './clock';

/*
 * In the thread of a simulation, everything that reads the time, waits or draws random bytes does so virtually: our own
 * code, the libraries, and the embedded database, whose now() is JavaScript's. No other thread is affected.
 */

const real = { Date, setTimeout, clearTimeout, pause: timers.setTimeout };

/** Makes this thread's time that of the clock, and its random bytes those of a counter. */
export function simulateMachine(clock: Clock): void {
  globalThis.Date = new Proxy(real.Date, {
    construct: (target, given: [], newTarget: new () => object) =>
      Reflect.construct(target, given.length === 0 ? [clock.now] : given, newTarget) as object,
    get: (target, name) => (name === 'now' ? () => clock.now : (Reflect.get(target, name) as unknown)),
  });
  simulateTimers(clock);
  simulateChance();
}

/** Node's own limit. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Gives this thread its own time back, which opening a database needs. */
export function restoreTime(): void {
  // The embedded database may have a timer for a virtual time that lies far ahead, and would set it again and again.
  const set = (act: () => void, ms = 0) => real.setTimeout(act, Math.min(ms, LONGEST_TIMER_MS)).unref();
  Object.assign(globalThis, {
    Date: real.Date,
    setTimeout: set,
    clearTimeout: real.clearTimeout,
  });
  Object.assign(timers, { setTimeout: real.pause });
}

function simulateTimers(clock: Clock): void {
  const set = (act: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) =>
    clock.at(clock.now + ms, () => act(...given));
  const clear = (moment?: Moment) => moment?.cancel?.();
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  const pause = async <Value>(ms = 0, value?: Value) => {
    await clock.wait(ms);
    return value;
  };
  Object.assign(timers, { setTimeout: pause });
}

/** The bytes follow from how many were drawn before, so that ids are the same each time. Nothing secret is made here. */
function simulateChance(): void {
  let drawn = 0;
  const bytes = (count: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(count / 32) }, () =>
      crypto
        .createHash('sha256')
        .update(`${(drawn += 1)}`)
        .digest(),
    );
    return Buffer.concat(blocks).subarray(0, count);
  };
  const randomUUID = () => {
    const hex = bytes(16).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  const randomFillSync = <View extends NodeJS.ArrayBufferView>(view: View): View => {
    bytes(view.byteLength).copy(Buffer.from(view.buffer, view.byteOffset, view.byteLength));
    return view;
  };
  Object.assign(crypto, { randomUUID, randomFillSync, randomBytes: bytes });
}
