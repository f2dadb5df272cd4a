/*
 * An endpoint for webhooks in Node's standard library: answers at once, works afterwards, does nothing twice.
 *   PORT=9000 node examples/receivers/receiver.ts
 * With SIGNING_SECRET=whsec_… in the environment it takes only what is signed with that secret.
 * What it has seen and has still to do is kept in memory here. In production both belong in one transaction of a
 * database, made before the answer: then what was answered is not lost, and a duplicate is known after a restart.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

const SECRET = process.env.SIGNING_SECRET;
const TOLERANCE_SECONDS = 300;

/** Standard Webhooks: one of the signatures is made with our secret, over these bytes, and not long ago. */
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

/** The slow part: nobody waits for it. */
function work(): void {
  const job = queue.shift();
  if (job) console.log(`work ${job.id} ${job.body}`);
}

/** The status to answer. A request without a webhook-id comes from someone else. */
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
    // The sender broke off: it will send again.
    () => response.destroy(),
  );
});

server.listen(Number(process.env.PORT ?? 9000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
