import { until } from '../support/until';

/** The parts of the responses that these tests check. */
export interface EntryAnswer {
  id: string;
  status: string;
  tileId: string;
  deliveries: string[];
  temporal: { workflowId: string; runId: string; url: string | null };
}
export interface DeliveryAnswer {
  status: string;
  attempts: { number: number; status: number | null; outcome: string }[];
}
export interface InboxAnswer {
  requests: { body: string; headers: Record<string, string> }[];
}

/** A client of the HTTP API. */
export interface Caller {
  get: <Answer>(path: string) => Promise<Answer>;
  post: <Answer>(path: string, body: object) => Promise<Answer>;
  /** Saves a webhook and publishes a journey with so many tiles that call it. Returns the journey's id. */
  publish: (webhook: object, tileCount?: number) => Promise<number>;
  /** Sends so many users into the journey. Returns the entries' ids. */
  trigger: (journeyId: number, count: number) => Promise<string[]>;
  /** Waits until all of these entries have ended, and returns them. */
  ended: (entryIds: string[]) => Promise<EntryAnswer[]>;
  deliveriesOf: (entries: EntryAnswer[]) => Promise<DeliveryAnswer[]>;
}

/**
 * Long: a lost request is noticed after 45 seconds and retried after a minute; one that times out because the machine
 * hangs is retried after three.
 */
const ENDED_WITHIN_MS = 900_000;

export const PERSONAL = { email: 'ada.lovelace', field: 'Analytical Engine' };

/** Calls the API at `base`. An error response is thrown with its body. */
export function createCaller(base: string, apiKey: string): Caller {
  let users = 0;

  async function call<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { 'api-key': apiKey, 'content-type': 'application/json' };
    const answer = await fetch(`${base}${path}`, { ...init, headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Answer;
  }
  const get = <Answer>(path: string) => call<Answer>(path);
  const post = <Answer>(path: string, body: object) =>
    call<Answer>(path, { method: 'POST', body: JSON.stringify(body) });

  return {
    get,
    post,
    async publish(webhook, tileCount = 1) {
      const { id: webhookId } = await post<{ id: number }>('/api/journeyWebhooks', {
        name: 'Test',
        ...webhook,
      });
      const ids = Array.from({ length: tileCount }, (_, index) => `call-${index}`);
      const tiles = ids.map((id) => ({ id, type: 'webhook', webhookId }));
      const { id } = await post<{ id: number }>('/api/journeys', { name: 'Test', tiles });
      await post(`/api/journeys/${id}/publish`, {});
      return id;
    },
    async trigger(workflowId, count) {
      const calls = Array.from({ length: count }, () =>
        post<{ params: { entryId: string } }>('/api/workflows/triggerWorkflow', {
          workflowId,
          email: `${PERSONAL.email}${users++}@example.com`,
          dataFields: { machine: PERSONAL.field },
        }),
      );
      return (await Promise.all(calls)).map(({ params }) => params.entryId);
    },
    async ended(entryIds) {
      return until(async () => {
        const entries = await Promise.all(entryIds.map((id) => get<EntryAnswer>(`/api/entries/${id}`)));
        return entries.every(({ status }) => status !== 'accepted' && status !== 'running') && entries;
      }, ENDED_WITHIN_MS);
    },
    deliveriesOf: (entries) =>
      Promise.all(
        entries.flatMap(({ deliveries }) =>
          deliveries.map((id) => get<DeliveryAnswer>(`/api/deliveries/${id}`)),
        ),
      ),
  };
}
