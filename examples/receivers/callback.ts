/*
 * An endpoint that takes its time: it answers 202, works, and calls back when it is done.
 *   SIGNING_SECRET=whsec_… PORT=9000 node examples/receivers/callback.ts
 * Needs Node 22.18 or newer; on Node 20 run it with `npx -y tsx` instead of `node`.
 * It trusts whoever sends the request; receiver.ts shows how to verify that. Work under way is in memory here. In
 * production, store the address with the work before the answer, and call until the answer is no 5xx.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

const KEY = Buffer.from((process.env.SIGNING_SECRET ?? '').replace(/^whsec_/, ''), 'base64');

/** Standard Webhooks, in the other direction: the same secret, an id of ours, the time of now. */
function signed(body: string): Record<string, string> {
  const id = `msg_${randomUUID()}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', KEY).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

async function callBack(address: string, answer: object): Promise<void> {
  const body = JSON.stringify(answer);
  const headers = { 'content-type': 'application/json', ...signed(body) };
  const { status } = await fetch(address, { method: 'POST', headers, body });
  console.log(`called back: ${status}`);
}

/** The slow part, after the answer: here a rule, elsewhere a person. */
function decide({ amount = 0 }: { amount?: number }): object {
  return amount <= 100
    ? { status: 'success', data: { approver: 'the rule for small amounts' } }
    : { status: 'failure', data: { approver: 'the rule for large amounts' } };
}

async function accept(request: IncomingMessage): Promise<number> {
  const address = request.headers['wayhook-callback-url'];
  if (typeof address !== 'string') return 400;
  const order = (await json(request)) as { amount?: number };
  setImmediate(() => {
    callBack(address, decide(order)).catch((error: Error) =>
      console.log(`not called back: ${error.message}`),
    );
  });
  return 202;
}

const server = createServer((request, response) => {
  accept(request).then(
    (status) => response.writeHead(status).end(),
    () => response.writeHead(400).end(),
  );
});

server.listen(Number(process.env.PORT ?? 9000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
