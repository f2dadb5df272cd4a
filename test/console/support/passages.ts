import { deliveryIdOf, openAttempt } from '../../../src/db/deliveries/deliveries';
import { closeAttempt } from '../../../src/db/deliveries/close';
import { claimEntrySql } from '../../../src/db/entries/entries';
import { arriveAt } from '../../../src/db/entries/steps/steps';
import { enqueuing } from '../../../src/db/enqueue';
import { findJourney } from '../../../src/db/journeys/journeys';
import { decideChain } from '../../../src/usecases/journeys/decide/decide';
import type { ApiWorld } from '../../support/api-world';

const firstRunId = 'run-1';
const DAY_MS = 86_400_000;

export interface Passages {
  webhookId: number;
  journeyId: number;
}

/** A journey that waits, asks for the plan, and calls a webhook for those who pay. */
export async function publishWinBack(world: ApiWorld, name = 'Win back'): Promise<Passages> {
  const webhook = await world.call('POST', '/api/journeyWebhooks', {
    name: `${name} CRM`,
    endpoint: 'https://crm.example.com/users',
  });
  const webhookId = webhook.body.id as number;
  const tiles = [
    { id: 'wait', type: 'delay', for: '1 day' },
    {
      id: 'split',
      type: 'yesNoSplit',
      when: { field: 'profile.plan', is: 'equals', value: 'pro' },
      no: 'exit',
    },
    { id: 'crm', type: 'webhook', webhookId, name: 'Tell the CRM' },
  ];
  const journeyId = (await world.call('POST', '/api/journeys', { name, tiles })).body.id as number;
  await world.call('POST', `/api/journeys/${journeyId}/publish`);
  return { webhookId, journeyId };
}

/** What an endpoint answers. */
export interface Answered {
  status: number;
  body?: string;
  headers?: Record<string, string>;
  /** When it is sent, in ms since the epoch; now by default. */
  at?: number;
}

/** Sends a user into such a journey, and moves them on as a worker does. */
export async function enter(
  world: ApiWorld,
  { journeyId, webhookId }: Passages,
  email: string,
  plan = 'pro',
) {
  await world.call('POST', '/api/users/update', { email, dataFields: { plan } });
  const triggered = await world.call('POST', '/api/workflows/triggerWorkflow', {
    workflowId: journeyId,
    email,
  });
  const entryId = triggered.body.params.entryId as string;
  const at = (tileId: string) => ({ entryId, workflowId: entryId, firstRunId, tileId, visit: 1 });
  const visit = { ...at('crm'), journeyId, webhookId, test: false };
  const deliveryId = deliveryIdOf(visit);
  const tilesOf = async () => (await findJourney(world.db, journeyId))!.definition.tiles;
  const request = {
    method: 'POST',
    url: `https://crm.example.com/users?email=${encodeURIComponent(email)}`,
    headers: { authorization: 'Bearer abc', 'content-type': 'application/json', 'webhook-id': deliveryId },
    body: JSON.stringify({ email, plan, note: "it's <b>bold</b>" }),
  };
  let number = 0;
  return {
    ...{ entryId, deliveryId },
    /** At the first tile; `since` is when they came there. */
    wait: (since = Date.now()) =>
      arriveAt(world.db, at('wait'), { tileId: 'wait', visit: 1, at: since, until: since + DAY_MS }),
    split: (when = Date.now()) =>
      decideChain({ ...world, hmacKey: 'k', tilesOf }, { ...at('split'), visits: new Map() }, when),
    /** One attempt. The fourth 503 is the last; a 200 ends the journey. */
    call: async ({ status, body = 'busy', headers = {}, at: when = Date.now() }: Answered) => {
      number += 1;
      const key = { deliveryId, generation: 1, number };
      const sealed = world.sealer.seal(`request/${deliveryId}`, JSON.stringify(request));
      await world.db.execute(claimEntrySql(visit, 'crm', when));
      await openAttempt(world.db, visit, key, { journeyId, webhookId, request: sealed, at: when });
      const isDelivered = status === 200;
      const isLast = number === 4;
      const detail = `The endpoint answered ${status} Service Unavailable${isLast ? ', after 4 requests' : ''}.`;
      const end = isDelivered
        ? {
            status: 'delivered' as const,
            reason: null,
            detail: null,
            entry: { status: 'completed' as const },
          }
        : {
            ...{ status: 'failed' as const, reason: 'http_status' as const, detail },
            entry: { status: 'exited' as const, reason: 'http_status' as const, detail },
          };
      const result = {
        outcome: isDelivered
          ? ({ kind: 'delivered' } as const)
          : isLast
            ? ({ kind: 'giveUp', reason: 'http_status', detail } as const)
            : ({ kind: 'retry', reason: 'http_status', detail } as const),
        ...{ status, durationMs: 41 * number, refusedEarly: false },
        nextAttemptAt: isDelivered || isLast ? null : when + 180_000,
        responseHeaders: { server: 'nginx', 'set-cookie': '[redacted]', ...headers },
        responseBody: body,
      };
      await enqueuing(world, (db) =>
        closeAttempt(db, visit, key, result, isDelivered || isLast ? end : undefined, when + 41),
      );
    },
  };
}
