import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What arrived for one user, who is in one journey with one webhook: so, for one delivery. */
export interface Sighting {
  /** The order in which users were first seen, from 0. */
  order: number;
  requests: number;
  /** Distinct values of `webhook-id`, and distinct digests of the body. */
  ids: Set<string>;
  bodies: Set<string>;
  /** Answers that call for a retry, and answers of 2xx. */
  counted: number;
  delivered: number;
}

export interface EndpointAnswer {
  status: number;
  headers?: OutgoingHttpHeaders;
  /** Holds the answer back until `release`. */
  held?: boolean;
}

/** Decides the answer to one request, which `sighting` already counts. */
export type Script = (sighting: Sighting, request: IncomingMessage) => EndpointAnswer;

export interface Endpoint {
  url: string;
  /** By email. */
  seen: Map<string, Sighting>;
  requests: () => number;
  /** How many answers are held back now, without those whose caller has disconnected. */
  held: () => number;
  /** Answers held requests, the oldest first. */
  release: (most?: number) => void;
  /** Answers by this script from now on. */
  answerBy: (script: Script) => void;
  close: () => Promise<void>;
}

const RETRIED = new Set([429, 502, 503, 504]);

interface Waiting {
  response: ServerResponse;
  answer: () => void;
}

/** A webhook endpoint that records what arrives and what it answers. */
export async function openEndpoint(script: Script = () => ({ status: 200 })): Promise<Endpoint> {
  const seen = new Map<string, Sighting>();
  let current = script;
  let requests = 0;
  let waiting: Waiting[] = [];
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        requests += 1;
        const sighting = record(seen, request, body);
        const { held, ...reply } = current(sighting, request);
        const answer = () => send(response, reply, sighting);
        if (held) waiting.push({ response, answer });
        else answer();
      },
      // The caller was killed in the middle of its request.
      () => response.destroy(),
    );
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const open = () => (waiting = waiting.filter(({ response }) => !response.destroyed));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    requests: () => requests,
    held: () => open().length,
    release: (most = Infinity) =>
      open()
        .splice(0, most)
        .forEach(({ answer }) => answer()),
    answerBy: (script) => void (current = script),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function record(seen: Map<string, Sighting>, { headers }: IncomingMessage, body: string): Sighting {
  const { email } = JSON.parse(body) as { email: string };
  const known = seen.get(email);
  const fresh = {
    order: seen.size,
    requests: 0,
    ids: new Set<string>(),
    bodies: new Set<string>(),
    counted: 0,
    delivered: 0,
  };
  const sighting = known ?? fresh;
  if (!known) seen.set(email, sighting);
  sighting.requests += 1;
  sighting.ids.add(String(headers['webhook-id']));
  sighting.bodies.add(createHash('sha256').update(body).digest('hex'));
  return sighting;
}

/** Answers, unless the caller has disconnected: such an answer does not count. */
function send(response: ServerResponse, { status, headers }: EndpointAnswer, sighting: Sighting): void {
  if (response.destroyed) return;
  response.writeHead(status, headers).end();
  if (RETRIED.has(status)) sighting.counted += 1;
  if (status < 300) sighting.delivered += 1;
}
