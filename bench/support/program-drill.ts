import { account, drained, killUnderWay, type Weather } from './drill';
import { openEndpoint } from './endpoint';
import { type Program, startProgram } from './program';
import type { Row } from './table';

export interface ProgramDrill {
  entries: number;
  weather: Weather;
  kill: (program: Program) => void | Promise<void>;
  /** Omitted where the program itself restarts what was killed. */
  restart?: (program: Program) => Promise<void>;
}

/** Kills something in the program as `npm start` runs it, and accounts for the result. */
export async function drillProgram({ entries, weather, kill, restart }: ProgramDrill): Promise<Row[]> {
  const endpoint = await openEndpoint();
  const program = await startProgram();
  const { api } = program;
  try {
    const killed = await killUnderWay({
      api,
      endpoint,
      weather,
      entries,
      kill: () => kill(program),
      restart: async () => restart?.(program),
    });
    await drained(api);
    return account({ ...killed, entries, weather }, await program.endWithLedger(), endpoint);
  } finally {
    await program.close();
    await endpoint.close();
  }
}
