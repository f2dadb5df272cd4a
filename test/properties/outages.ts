import { openProxy, type Outage } from '../../bench/support/outage';
import { driverOf } from '../../bench/support/statements';
import type { Database } from '../../src/db/connection/client';

/* What a world may be without for a while. */

export const OUTAGES = ['worker', 'database', 'temporal'] as const;
export type Away = (typeof OUTAGES)[number] | null;

/** A way to a Temporal server that can be cut. */
export async function cuttable(address: string): Promise<Outage & { address: string }> {
  const { url, ...outage } = await openProxy(`tcp://${address}`);
  return { ...outage, address: new URL(url).host };
}

/** During an outage the driver refuses each statement, as one does whose database is away. */
export function refusing(db: Database): { begin: () => void; end: () => void } {
  const driver = driverOf(db) as unknown as Record<string, unknown>;
  // The embedded database has transactions of its own; a pool gives them a connection.
  const names = ['query', 'transaction', 'connect'].filter((name) => typeof driver[name] === 'function');
  const usual = names.map((name) => [name, (driver[name] as () => unknown).bind(driver)]);
  const refuse = () =>
    Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
  return {
    begin: () => void Object.assign(driver, Object.fromEntries(names.map((name) => [name, refuse]))),
    end: () => void Object.assign(driver, Object.fromEntries(usual)),
  };
}
