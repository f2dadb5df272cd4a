import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What came for one user, who is in one journey of one webhook: so, for one delivery. */
export interface Sighting {
  /** The order in which users were first seen, from 0. */
  order: number;
  requests: number;
  /** Values of `webhook-id`, and digests of the body: duplicates add none. */
  ids: Set<string>;
  bodies: Set<string>;
  /** Answers given that are to be retried, and answers of 2xx. */
  counted: number;
  delivered: number;
}

export interface EndpointAnswer {
  status: number;
  headers?: OutgoingHttpHeaders;
  /** Not answered before `release`. */
  held?: boolean;
}

/** Decides on one request, which `sighting` has counted already. */
export type Script = (sighting: Sighting, request: IncomingMessage) => EndpointAnswer;

export interface Endpoint {
  url: string;
  /** By email. */
  seen: Map<string, Sighting>;
  requests: () => number;
  /** Requests whose answer is held back now; those of callers who went away are not among them. */
  held: () => number;
  /** Answers held requests, the oldest first. */
  release: (most?: number) => void;
  follow: (script: Script) => void;
  close: () => Promise<void>;
}

const RETRIED = new Set([429, 502, 503, 504]);

interface Waiting {
  response: ServerResponse;
  answer: () => void;
}

/** Someone's endpoint, which keeps account of what came and of what it answered. */
export async function openEndpoint(script: Script = () => ({ status: 200 })): Promise<Endpoint> {
  const seen = new Map<string, Sighting>();
  let current = script;
  let requests = 0;
  let waiting: Waiting[] = [];
  const server = createServer((request, response) => {
    text(request).then(
      (body) => {
        requests += 1;
        const sighting = note(seen, request, body);
        const { held, ...reply } = current(sighting, request);
        const answer = () => give(response, reply, sighting);
        if (held) waiting.push({ response, answer });
        else answer();
      },
      // The caller was killed in the middle of its request: there is nobody to answer.
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
    follow: (script) => void (current = script),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function note(seen: Map<string, Sighting>, { headers }: IncomingMessage, body: string): Sighting {
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

/** An answer to a caller who has gone is none. */
function give(response: ServerResponse, { status, headers }: EndpointAnswer, sighting: Sighting): void {
  if (response.destroyed) return;
  response.writeHead(status, headers).end();
  if (RETRIED.has(status)) sighting.counted += 1;
  if (status < 300) sighting.delivered += 1;
}
