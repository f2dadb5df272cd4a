import { Pool } from 'undici';

/** A client of the HTTP API. */
export interface Api {
  /**
   * Saves a webhook and publishes a journey that calls it in `tiles` tiles; `tile` and `journey` are further fields of
   * each tile and of the journey. Returns the journey's id.
   */
  publish: (webhook: object, tiles?: number, tile?: object, journey?: object) => Promise<number>;
  /** Any other call. Throws when it is refused. */
  get: (path: string) => Promise<unknown>;
  post: (path: string, body: object) => Promise<unknown>;
  put: (path: string, body: object) => Promise<unknown>;
  /** Sends `count` new users into a journey, many at once; returns how many were accepted. */
  trigger: (journeyId: number, count: number) => Promise<number>;
  /** Sends everyone on a list into a journey; returns the job's id. */
  triggerList: (journeyId: number, listId: number) => Promise<string>;
  /** How many entries of a journey are at a tile now. */
  countAt: (journeyId: number, tileId: string) => Promise<number>;
  /** Whether an entry is under way. */
  isBusy: () => Promise<boolean>;
  close: () => Promise<void>;
}

const CALLS_AT_ONCE = 50;

/** A machine that hangs for some seconds should not fail a connection. */
const CONNECT_WITHIN_MS = 120_000;

/** Calls the API at `url`. Users are numbered across calls, so that each entry has its own email. */
export function openApi(url: string, apiKey: string): Api {
  const pool = new Pool(url, { connections: CALLS_AT_ONCE, connect: { timeout: CONNECT_WITHIN_MS } });
  let users = 0;

  async function call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> {
    const answer = await pool.request({
      method,
      path,
      headers: { 'api-key': apiKey, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const json: unknown = await answer.body.json();
    if (answer.statusCode >= 300)
      throw new Error(`${method} ${path}: ${answer.statusCode} ${JSON.stringify(json)}`);
    return json;
  }
  const post = async (path: string, body: object) => (await call('POST', path, body)) as { id: number };
  const count = async (status: string) =>
    ((await call('GET', `/api/entries?status=${status}&pageSize=1`)) as { entries: unknown[] }).entries
      .length;

  return {
    get: (path) => call('GET', path),
    post,
    put: (path, body) => call('PUT', path, body),
    async publish(webhook, tiles = 1, tile = {}, journey = {}) {
      const { id: webhookId } = await post('/api/journeyWebhooks', { name: 'Benchmark', ...webhook });
      const walk = Array.from({ length: tiles }, (_, index) => ({
        id: `call-${index}`,
        type: 'webhook',
        webhookId,
        ...tile,
      }));
      const { id } = await post('/api/journeys', { name: 'Benchmark', tiles: walk, ...journey });
      await post(`/api/journeys/${id}/publish`, {});
      return id;
    },
    async trigger(journeyId, count) {
      const calls = Array.from({ length: count }, () =>
        post('/api/workflows/triggerWorkflow', {
          workflowId: journeyId,
          email: `user-${users++}@example.com`,
        }),
      );
      const answers = await Promise.allSettled(calls);
      return answers.filter(({ status }) => status === 'fulfilled').length;
    },
    async triggerList(workflowId, listId) {
      const answer = await call('POST', '/api/workflows/triggerWorkflow', { workflowId, listId });
      return (answer as { params: { jobId: string } }).params.jobId;
    },
    async countAt(journeyId, tileId) {
      let total = 0;
      let token = '';
      do {
        const query = `journeyId=${journeyId}&tileId=${tileId}&status=running&pageSize=200${token}`;
        const page = (await call('GET', `/api/entries?${query}`)) as {
          entries: unknown[];
          nextPageToken?: string;
        };
        total += page.entries.length;
        token = page.nextPageToken === undefined ? '' : `&pageToken=${page.nextPageToken}`;
      } while (token !== '');
      return total;
    },
    isBusy: async () => (await count('accepted')) + (await count('running')) > 0,
    close: () => pool.destroy(),
  };
}
