import type { Database } from '../../db/connection/client';
import { acceptExit, type ExitFilter, type ExitRefusal } from '../../db/entries/exits/exit-page';
import type { Author } from '../../domain/audit';
import { ApiError, badParams } from '../../domain/errors';
import { recorded } from '../audit/record';

interface Deps {
  db: Database;
  author: Author;
  nudgeJobs: () => void;
}

/**
 * Takes all users out whom the filter means, in the background. Throws `BadParams` for a journey, tile or webhook that
 * there is not, and `Conflict` while an earlier job for the same is open.
 */
export async function exitMany(
  { db, author, nudgeJobs }: Deps,
  filter: ExitFilter,
  note: string,
): Promise<{ jobId: string }> {
  const { journeyId, ...others } = filter;
  const accepted = await recorded(
    { db, author },
    (tx) => acceptExit(tx, filter, note),
    (result) =>
      'jobId' in result
        ? {
            action: 'journey.exitEntries',
            id: journeyId,
            after: { ...others, ...result },
          }
        : undefined,
  );
  if ('refused' in accepted) throw refusalOf(filter, accepted);
  nudgeJobs();
  return { jobId: accepted.jobId };
}

function refusalOf({ journeyId, tileId, webhookId }: ExitFilter, refusal: ExitRefusal): ApiError {
  switch (refusal.refused) {
    case 'journeyId':
      return badParams({ journeyId: `There is no journey ${journeyId}. GET /api/journeys lists them.` });
    case 'tileId':
      return badParams({
        tileId: `No published version of journey ${journeyId} has a tile “${tileId}”. GET /api/journeys/${journeyId}/versions lists them.`,
      });
    case 'webhookId':
      return badParams({
        webhookId: `No tile of a published version of journey ${journeyId} calls webhook ${webhookId}. GET /api/journeyWebhooks/${webhookId}/usage lists the tiles that do.`,
      });
    case 'underWay':
      return new ApiError(
        'Conflict',
        refusal.open === undefined
          ? 'The same exit has just ended. Send the request again.'
          : `The same exit is under way, as job ${refusal.open}. GET /api/jobs/${refusal.open} says how far it is.`,
        refusal.open === undefined ? null : { jobId: refusal.open },
      );
  }
}
