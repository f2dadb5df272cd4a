import { Client, Connection, type ScheduleHandle } from '@temporalio/client';
import { pino } from 'pino';
import { alignSchedules } from '../../src/background/schedules';
import type { Database } from '../../src/db/connection/client';
import { createTemporal, type Temporal } from '../../src/temporal/client';
import { until } from './until';

const log = pino({ level: 'silent' });

/** Aligns Temporal's schedules, as a server process does, until they match `wanted`. Temporal's list lags behind. */
export async function align(
  db: Database,
  { schedules }: Pick<Temporal, 'schedules'>,
  wanted: Record<number, number>,
): Promise<void> {
  await until(async () => {
    await alignSchedules({ db, schedules, log });
    const there = await schedules.list();
    const asWanted = Object.entries(wanted).every(([id, version]) => there.get(Number(id)) === version);
    return asWanted && there.size === Object.keys(wanted).length;
  }, 120_000);
}

/** A server process’s own connection to Temporal. */
export interface TemporalClient {
  connection: Connection;
  temporal: Temporal;
  scheduleOf: (journeyId: number) => ScheduleHandle;
  close: () => Promise<void>;
}

export async function connectTo(address: string, taskQueue: string): Promise<TemporalClient> {
  const connection = Connection.lazy({ address });
  const client = new Client({ connection });
  const options = { namespace: 'default', taskQueue, maxRequests: 4, eagerStart: false };
  return {
    connection,
    temporal: createTemporal(connection, options),
    scheduleOf: (journeyId) => client.schedule.getHandle(`${taskQueue}-journey-${journeyId}`),
    close: () => connection.close(),
  };
}
