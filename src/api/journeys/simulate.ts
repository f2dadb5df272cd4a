import { z } from 'zod';
import { findJourney, findJourneyVersion } from '../../db/journeys/journeys';
import { refuse } from '../../domain/errors';
import { JourneyDefinition } from '../../domain/journeys/journey';
import { noVersion } from '../../domain/journeys/version';
import { record } from '../../usecases/audit/record';
import { draftFaults } from '../../usecases/journeys/publish';
import { readWorld } from '../../usecases/journeys/simulate';
import { withoutInlineSecrets } from '../../usecases/journeys/tile-secrets';
import type { Api, AppDeps } from '../deps';
import { forRequest, type RequestDeps } from '../http/author';
import { PathStep } from '../entries/routes';
import { ERRORS } from '../http/errors';
import { IdInPath, Time } from '../http/schemas';
import { JOURNEY_TAGS, JourneyUpdate, unknownJourney, unsavedOf } from './routes';
import { Scenario, simulationOf, Version } from './simulation-request';

const Request = z
  .object({
    tileId: z.string(),
    attempt: z.int(),
    at: Time,
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().optional(),
    status: z.int().nullable().describe('Null where no answer came.'),
  })
  .describe('Credentials are shown as [redacted].');

const Passage = z.object({
  outcome: z
    .enum(['completed', 'exited', 'cancelled', 'running', 'skipped'])
    .describe('Running: still in the journey at the end. Skipped: the user did not enter.'),
  reason: z.string().optional(),
  detail: z.string().optional(),
  endedAt: Time.nullable(),
  path: z.array(PathStep).describe('As of an entry.'),
  requests: z.array(Request),
});

const LaterPassage = Passage.extend({ at: Time.describe('When the user entered, or was not let in.') });

const Result = z
  .object({
    users: z
      .array(
        Passage.extend({
          later: z
            .array(LaterPassage)
            .describe('Entries that events or sendToJourney began, and those that were refused, by time.'),
        }),
      )
      .describe('In the order of the request: the entry at the start.'),
    uncovered: z.array(z.string()).describe('The tiles that no user reached.'),
    untaken: z
      .array(z.object({ tileId: z.string(), way: z.string() }))
      .describe('The ways that no user took, of tiles with several.'),
  })
  .describe('Times are virtual.');

const DESCRIPTION =
  'Sends users through the journey in virtual time, on the real engine. Endpoints are not called: `responses` has what they answer. Nothing outside the simulation changes.';

const schema = { tags: JOURNEY_TAGS, description: DESCRIPTION, response: { 200: Result, ...ERRORS } };
const config = { scope: 'journeys', changesNothing: true } as const;

/** The journey that is simulated. */
interface Simulated {
  journeyId: number;
  definition: JourneyDefinition;
}

export function simulationRoutes(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/journeys/:id/simulate',
    config: { ...config, example: { users: [{ email: 'ada@example.com', profile: { plan: 'pro' } }] } },
    schema: {
      operationId: 'simulateJourney',
      summary: 'Simulate a journey',
      ...schema,
      params: IdInPath,
      body: Scenario.safeExtend({ version: Version }),
    },
    handler: async (request) => {
      const own = forRequest(deps, request);
      const { version, ...scenario } = request.body;
      const { id } = request.params;
      const journey = version === 'draft' ? await draftOf(own, id) : await versionOf(own, id, version);
      return simulate(own, scenario, journey, id);
    },
  });
  app.route({
    method: 'POST',
    url: '/journeys/simulate',
    config: {
      ...config,
      example: {
        journey: { name: 'Welcome', tiles: [{ id: 'wait', type: 'delay', for: '1 day' }] },
        users: [{ email: 'ada@example.com' }],
      },
    },
    schema: {
      operationId: 'simulateUnsavedJourney',
      summary: 'Simulate a journey that is not saved',
      ...schema,
      body: Scenario.safeExtend({ journey: JourneyUpdate }),
    },
    handler: async (request) => {
      const own = forRequest(deps, request);
      const { journey, ...scenario } = request.body;
      return simulate(own, scenario, await unsaved(own, journey));
    },
  });
}

async function draftOf({ db }: RequestDeps, id: number): Promise<Simulated> {
  const row = (await findJourney(db, id)) ?? unknownJourney(id);
  // The draft may be older than a rule that was added since.
  const definition = JourneyDefinition.parse(row.definition);
  refuse(await db.transaction((tx) => draftFaults(tx, id, definition)));
  return { journeyId: id, definition };
}

async function versionOf({ db }: RequestDeps, id: number, version: number): Promise<Simulated> {
  const row = await findJourneyVersion(db, id, version);
  if (row === undefined) throw noVersion(id, version);
  return { journeyId: id, definition: row.definition };
}

async function unsaved({ db }: RequestDeps, journey: z.infer<typeof JourneyUpdate>): Promise<Simulated> {
  const { journeyId, definition } = unsavedOf(journey);
  const faults = await db.transaction((tx) => draftFaults(tx, journeyId, definition));
  refuse(Object.fromEntries(Object.entries(faults).map(([path, fault]) => [`journey.${path}`, fault])));
  return { journeyId, definition: { ...definition, tiles: withoutInlineSecrets(definition.tiles) } };
}

async function simulate(own: RequestDeps, scenario: Scenario, journey: Simulated, id?: number) {
  const { db, author, sealer, simulator } = own;
  const simulation = simulationOf(scenario, journey);
  const world = await readWorld(db, sealer.hmacKey, simulation);
  await record(db, author, { action: 'journey.simulate', id, name: journey.definition.name });
  return simulator.simulate(world);
}
