/*
 * An endpoint for webhooks in Node's standard library: answers at once, processes afterwards, drops duplicates.
 *   PORT=9000 node examples/receivers/receiver.ts
 * Needs Node 22.18 or newer; on Node 20 run it with `npx -y tsx` instead of `node`.
 * With SIGNING_SECRET=whsec_… in the environment it accepts only requests signed with that secret.
 * Seen ids and queued work are in memory here. In production, store both in one database transaction before the
 * answer: then accepted work is not lost, and duplicates are recognised after a restart.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const SECRET = process.env.SIGNING_SECRET;
const TOLERANCE_SECONDS = 300;

/** Standard Webhooks: one of the signatures must match our secret and these bytes, and be recent. */
function isSigned({ headers }: IncomingMessage, body: Buffer): boolean {
  if (!SECRET) return true;
  const timestamp = Number(headers['webhook-timestamp']);
  if (!(Math.abs(Date.now() / 1000 - timestamp) <= TOLERANCE_SECONDS)) return false;
  const key = Buffer.from(SECRET.replace(/^whsec_/, ''), 'base64');
  const due = createHmac('sha256', key)
    .update(`${headers['webhook-id']}.${timestamp}.`)
    .update(body)
    .digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, text = ''] = signature.split(',');
      const given = Buffer.from(text, 'base64');
      return version === 'v1' && given.length === due.length && timingSafeEqual(given, due);
    });
}

const seen = new Set<string>();
const queue: { id: string; body: string }[] = [];

function accept(id: string, body: string): void {
  if (seen.has(id)) return console.log(`duplicate ${id}`);
  seen.add(id);
  queue.push({ id, body });
  setImmediate(work);
}

/** The slow part, after the answer. */
function work(): void {
  const job = queue.shift();
  if (job) console.log(`work ${job.id} ${job.body}`);
}

/** The status to answer. A request without a webhook-id is not from Wayhook. */
async function statusFor(request: IncomingMessage): Promise<number> {
  const id = request.headers['webhook-id'];
  if (typeof id !== 'string') return 400;
  const body = await buffer(request);
  if (!isSigned(request, body)) return 401;
  accept(id, body.toString());
  return 202;
}

const server = createServer((request, response) => {
  statusFor(request).then(
    (status) => response.writeHead(status).end(),
    // The connection broke: the sender will retry.
    () => response.destroy(),
  );
});

server.listen(Number(process.env.PORT ?? 9000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
