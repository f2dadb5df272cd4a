import type { Database } from '../../db/connection/client';
import { MAX_INT } from '../../db/connection/ids';
import { shareLockWebhooks } from '../../db/webhooks/webhooks';
import { type Faults, pathText } from '../../domain/errors';
import { captureFaults, readsLiveData } from '../../domain/journeys/conditions/captures';
import type { JourneyDefinition } from '../../domain/journeys/journey';

/** The conditions on something that no tile before them captures. The webhooks stay unchanged until the transaction ends. */
export async function conditionFaults(tx: Database, journey: JourneyDefinition): Promise<Faults> {
  const ids = readsLiveData(journey)
    ? journey.tiles.flatMap((tile) => (tile.type === 'liveData' ? tile.webhookId : []))
    : [];
  const webhooks = await shareLockWebhooks(
    tx,
    ids.filter((id) => id <= MAX_INT),
  );
  const faults = captureFaults(journey, (id) => webhooks.get(id)?.definition.liveDataFields);
  return Object.fromEntries(faults.map(({ path, message }) => [pathText(path), message]));
}
