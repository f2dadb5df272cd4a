import { type Answer, type ApiWorld, createApiWorld } from '../support/api-world';
import { createTestSimulator } from '../support/simulator';

export const START = '2027-01-04T09:00:00.000Z';
export const ADA = { email: 'ada@example.com', profile: {} };

/** An API that simulates journeys which are not saved. */
export interface Simulations {
  world: ApiWorld;
  /** Of Ada, unless the scenario has users. `fields` are other fields of the journey. */
  simulate: (tiles: object[], scenario?: object, fields?: object) => Promise<Answer>;
  /** Saves a webhook, and returns its id. */
  webhook: (fields?: object) => Promise<number>;
  close: () => Promise<void>;
}

export async function createSimulations(): Promise<Simulations> {
  const simulator = createTestSimulator();
  const world = await createApiWorld({ simulator });
  return {
    world,
    simulate: (tiles, scenario = {}, fields = {}) =>
      world.call('POST', '/api/journeys/simulate', {
        ...{ journey: { name: 'Win back', tiles, ...fields }, startAt: START, users: [ADA], ...scenario },
      }),
    webhook: async (fields = {}) => {
      const input = { name: 'CRM', endpoint: 'https://crm.example.com/users', ...fields };
      return (await world.call('POST', '/api/journeyWebhooks', input)).body.id;
    },
    close: async () => {
      await world.close();
      await simulator.close();
    },
  };
}

/** In hours since the start. */
export const hours = (at: string): number => (Date.parse(at) - Date.parse(START)) / 3_600_000;
