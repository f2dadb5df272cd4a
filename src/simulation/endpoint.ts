import { Readable } from 'node:stream';
import { Context } from '@temporalio/activity';
import type { Dispatcher } from 'undici';
import { writeJson } from '../domain/lossless-json';
import { CALLBACK_HEADER } from '../domain/webhooks/callback';
import type { Clock } from './clock';
import type { ScriptedAnswer, SimulatedWorld } from './contract';
import type { Limits } from './limits';

/** What every token URL answers. */
const TOKEN: ScriptedAnswer = {
  status: 200,
  body: { access_token: 'simulated', token_type: 'Bearer', expires_in: 3_600 },
};

/**
 * Stands in place of the agent, so that nothing is sent: answers the requests of each tile and entry in turn, the last
 * answer again and again. What is not scripted is answered with 200 and an empty object. `onAddress` is told of each
 * address to call back that a request brought and that was answered with a 2xx.
 */
export function createEndpoint(
  { clock, limits }: { clock: Clock; limits: Limits },
  world: SimulatedWorld,
  onAddress: (callbackUrl: string, tileId: string) => void,
): Pick<Dispatcher, 'request'> {
  const tokenUrls = tokenUrlsOf(world);
  const answered = new Map<string, number>();

  function nextAnswer(): ScriptedAnswer {
    const tileId = tileOfActivity();
    const key = `${Context.current().info.workflowExecution?.workflowId}/${tileId}`;
    const count = answered.get(key) ?? 0;
    answered.set(key, count + 1);
    const script = Object.hasOwn(world.responses, tileId) ? world.responses[tileId]! : [];
    return script[count] ?? script.at(-1) ?? { status: 200 };
  }

  async function respond({
    origin,
    path,
    headers: sent,
    body: sentBody,
    signal,
  }: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    limits.countRequest({ path, body: sentBody });
    const isToken = tokenUrls.has(`${String(origin)}${path}`);
    const { status, headers = {}, body = {}, afterMs = 0 } = isToken ? TOKEN : nextAnswer();
    if (afterMs > 0) await clock.wait(afterMs, signal as AbortSignal);
    const address = (sent as Record<string, string> | undefined)?.[CALLBACK_HEADER];
    if (address !== undefined && !isToken && status < 300) onAddress(address, tileOfActivity());
    const isText = typeof body === 'string';
    const bytes = Buffer.from(isText ? body : writeJson(body));
    return {
      statusCode: status,
      headers: { ...(!isText && { 'content-type': 'application/json' }), ...lowerCase(headers) },
      body: Readable.from(bytes.length === 0 ? [] : [bytes]),
    } as unknown as Dispatcher.ResponseData;
  }

  return { request: respond } as Pick<Dispatcher, 'request'>;
}

function tileOfActivity(): string {
  return Context.current().info.activityId.split('/')[0]!;
}

/** As a request names them. */
function tokenUrlsOf({ webhooks, definition }: SimulatedWorld): Set<string> {
  const inline = definition.tiles.flatMap((tile) =>
    tile.type === 'webhook' && tile.webhook ? [tile.webhook.authentication] : [],
  );
  const all = [...webhooks.map((webhook) => webhook.definition.authentication), ...inline];
  return new Set(
    all.flatMap((authentication) => {
      if (authentication.type !== 'oauth2') return [];
      const { origin, pathname, search } = new URL(authentication.tokenUrl);
      return [`${origin}${pathname}${search}`];
    }),
  );
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
