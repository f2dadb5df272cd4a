import { z } from 'zod';
import { JourneyId } from '../../domain/journeys/ids';
import { TileId } from '../../domain/journeys/tiles/fields';
import { MAX_INT } from '../../db/connection/ids';
import { exitMany } from '../../usecases/entries/exit-many';
import type { Api, AppDeps } from '../deps';
import { ERRORS } from '../http/errors';
import { once } from '../http/once';

/** What an operator says of an exit. */
export const Note = z.string().max(1_000).optional();

/** The emergency stop: everyone in a journey, at a tile, or at the tiles that call a webhook. */
export function exitManyRoute(app: Api, deps: AppDeps): void {
  app.route({
    method: 'POST',
    url: '/entries/exit',
    config: { scope: 'journeys' },
    schema: {
      operationId: 'exitEntries',
      summary: 'Exit many entries',
      description:
        'Ends the open entries of a journey in the background: all, those at a tile, or those at tiles that call a ' +
        'webhook. Nothing more is sent for them. Who enters afterwards stays in. GET /api/jobs/{id} shows the progress.',
      tags: ['Entries'],
      body: z.strictObject({
        journeyId: JourneyId,
        tileId: TileId.optional(),
        webhookId: z.int().positive().max(MAX_INT).optional(),
        note: Note,
      }),
      response: { 202: z.object({ jobId: z.string() }), ...ERRORS },
    },
    handler: (request, reply) =>
      once(deps, request, reply, async (own) => {
        const { note = '', ...filter } = request.body;
        const accepted = await exitMany(own, filter, note);
        reply.code(202);
        return accepted;
      }),
  });
}
