import { createHmac } from 'node:crypto';
import Handlebars from 'handlebars';
import type { StoredWebhook } from '../src/domain/webhooks/webhook';
import { renderWebhook, type RenderContext } from '../src/webhook/render';
import { newSigningSecret, sign } from '../src/webhook/sign';
import { urlEncode } from '../src/template/url-encode';
import { type Benchmark, type Row, reported } from './support/table';

const REACH = 4;
const PAIRS = 150;
const WARM_UP = 3_000;

const WEBHOOK: StoredWebhook = {
  destination: 'custom',
  method: 'POST',
  endpoint: 'https://api.example.com/users/{{#urlEncode}}{{email}}{{/urlEncode}}/orders?plan={{plan}}',
  authentication: { type: 'none' },
  headers: [
    { name: 'X-Tenant', value: '{{tenant}}' },
    { name: 'X-Plan', value: 'plan {{plan}}' },
    { name: 'X-Source', value: 'journey' },
  ],
  bodyType: 'json',
  includeEmailAndWorkflowId: false,
  userFields: [],
  body: `{
  "customer": {"firstName": "{{firstName}}", "lastName": "{{lastName}}", "email": "{{email}}"},
  "order": {"id": {{order.id}}, "total": {{order.total}}, "first": "{{order.items.[0].name}}"},
  {{#if member}}"member": true,{{/if}}
  "items": [{{#each order.items}}{{#unless @first}},{{/unless}}{"name": "{{name}}", "price": {{price}}}{{/each}}],
  "note": "Dear {{firstName}}, thank you. ${'Your order is on its way to you. '.repeat(23)}"
}`,
  signing: { enabled: true },
  dataRetrieval: false,
  liveDataFields: [],
};

const CONTEXT: RenderContext = {
  profile: { firstName: 'Ada', lastName: 'Lovelace', tenant: 'acme', plan: 'pro', member: true },
  triggerData: {
    order: { id: 42, total: 59.97, items: [12.5, 47.47].map((price, n) => ({ name: `Item ${n}`, price })) },
  },
  email: 'ada.lovelace@example.com',
  userId: null,
  workflowId: 12345,
  now: Date.UTC(2026, 0, 2),
  hmacKey: 'unused',
};

const ID = 'dlv_d272487d39868b6a71807b1a849607dd';
const TIMESTAMP = 1_767_312_000;

/** Renders and signs one delivery; returns the length of its body. */
function ours(secret: string): () => number {
  return () => {
    const { url, headers, body = '' } = renderWebhook(WEBHOOK, CONTEXT);
    return [url, headers, sign(secret, ID, TIMESTAMP, body)].length && body.length;
  };
}

/** The same templates compiled by plain Handlebars, without escaping, limits or checks, and one HMAC. */
function plain(secret: string): () => number {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('urlEncode', function (this: unknown, options: Handlebars.HelperOptions) {
    return urlEncode(options.fn(this));
  });
  // A space separates the brace of JSON from the tag's.
  const compile = (text: string) => handlebars.compile(text.replaceAll('}}}', '}} }'), { noEscape: true });
  const endpoint = compile(WEBHOOK.endpoint);
  const headers = WEBHOOK.headers.map(({ value }) => compile(value));
  const body = compile(WEBHOOK.body as string);
  const data = { ...CONTEXT.profile, ...CONTEXT.triggerData, email: CONTEXT.email };
  return () => {
    const text = body(data);
    const signed = createHmac('sha256', secret).update(`${ID}.${TIMESTAMP}.${text}`).digest('base64');
    return [endpoint(data), headers.map((header) => header(data)), signed].length && text.length;
  };
}

/** Both alternate in this process, each going first equally often. Only the ratio means anything. */
function run(size = 100): Promise<Row[]> {
  const secret = newSigningSecret();
  const [render, baseline] = [ours(secret), plain(secret)];
  // V8 compiles both while they run.
  time(render, WARM_UP);
  time(baseline, WARM_UP);
  const pairs = Array.from({ length: PAIRS }, (_, pair) => {
    const first = pair % 2 === 0 ? time(render, size) : undefined;
    const plainTime = time(baseline, size);
    return { ours: first ?? time(render, size), plain: plainTime };
  });
  const ratios = pairs.map((pair) => pair.ours / pair.plain);
  const ratio = median(ratios);
  return Promise.resolve([
    {
      what: 'processor time to render and sign a delivery over that of bare Handlebars and one HMAC, median of pairs',
      reach: `≤ ${REACH.toFixed(1)}`,
      measured: ratio.toFixed(2),
      reached: ratio <= REACH,
    },
    reported(
      'the same, quartiles',
      `${quantile(ratios, 0.25).toFixed(2)} and ${quantile(ratios, 0.75).toFixed(2)}`,
    ),
    reported('length of the body', render()),
    reported(
      'microseconds for a delivery on this machine, median',
      median(pairs.map((pair) => pair.ours)).toFixed(0),
    ),
    reported('microseconds of bare Handlebars, median', median(pairs.map((pair) => pair.plain)).toFixed(0)),
  ]);
}

/** Microseconds of CPU time for each operation: other load on the machine does not count. */
function time(operation: () => number, size: number): number {
  const began = process.cpuUsage();
  for (let count = 0; count < size; count += 1) operation();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / size;
}

function median(values: number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: number[], part: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * part)]!;
}

export default {
  summary: 'rendering and signing a delivery, against bare Handlebars and one HMAC (seconds)',
  run,
} satisfies Benchmark;
