import { HELPERS } from '../../../../ui/template-editor/helpers';
import { pathOf, type Variable } from '../../../../ui/template-editor/variables';
import { objectIn } from '../../../../words/exact-json';
import type { WebhookInput } from '../../words';

/** For whom a request is shown and tested: texts of JSON objects, as they are typed. */
export interface Sample {
  profile: string;
  triggerData: string;
  liveData: string;
}

type Json = Record<string, unknown>;

export interface ReadSample {
  values: Record<keyof Sample, Json> | undefined;
  faults: Partial<Record<keyof Sample, string>>;
}

export function readSample(sample: Sample): ReadSample {
  const faults: ReadSample['faults'] = {};
  const values = { profile: {}, triggerData: {}, liveData: {} } as Record<keyof Sample, Json>;
  for (const part of Object.keys(sample) as (keyof Sample)[]) {
    const value = objectIn(sample[part]);
    if (value === undefined) faults[part] = 'This is not a JSON object, such as {"plan": "pro"}.';
    else values[part] = value;
  }
  return { values: Object.keys(faults).length > 0 ? undefined : values, faults };
}

/** Where a name says what its value looks like. */
const BY_NAME: Record<string, string> = {
  ...{ firstName: 'Ada', lastName: 'Lovelace', city: 'San Francisco', state: 'CA', country: 'US' },
  ...{ zip: '94107', phone: '+14155550100', phoneNumber: '+14155550100', plan: 'pro' },
};

const BY_TYPE: Record<string, unknown> = {
  ...{ long: 1, double: 1.5, number: 1, boolean: true, date: '2026-01-31', array: [], object: {} },
};

/** A sample with what the templates of this webhook read, until somebody types one. */
export function sampleFor(webhook: WebhookInput, types: Record<string, string>): Sample {
  const profile: Json = { email: 'test.user@example.com' };
  const [triggerData, liveData]: [Json, Json] = [{}, {}];
  const roots: Record<string, Json> = { profile, dataFields: triggerData, liveData };
  for (const keys of [...pathsIn(webhook), ...(webhook.userFields ?? []).map((name) => [name])]) {
    const [root, ...inner] = keys as [string, ...string[]];
    if (OWN_NAMES.has(root)) continue;
    const target = roots[root];
    if (target === undefined) put(profile, keys, valueOf(keys, types[root]));
    else if (inner.length > 0) put(target, inner, valueOf(inner));
  }
  const text = (value: Json) => JSON.stringify(value, null, 2);
  return { profile: text(profile), triggerData: text(triggerData), liveData: text(liveData) };
}

function valueOf(keys: readonly string[], type = ''): unknown {
  const name = keys.at(-1)!;
  return BY_TYPE[type] ?? BY_NAME[name] ?? `sample ${name}`;
}

const OWN_NAMES = new Set([
  ...['email', 'userId', 'workflowId', 'now', 'this', 'events', 'callbacks'],
  ...['else', 'as', 'true', 'false', 'null', 'undefined'],
]);
const helpers = new Set(HELPERS.map(({ name }) => name));

/** What the tags of a webhook's templates name, as keys. */
function pathsIn(webhook: WebhookInput): string[][] {
  const { endpoint = '', headers = [], body = '', inkit } = webhook;
  const texts = [endpoint, ...headers.map(({ value }) => value), ...Object.values(inkit?.fields ?? {})];
  texts.push(...(Array.isArray(body) ? body.map(({ value }) => String(value)) : [String(body)]));
  return texts.flatMap((text) =>
    [...text.matchAll(/\{\{\{?([^}]*)\}\}/g)].flatMap(([, tag]) => namesIn(tag!)),
  );
}

const NAME =
  /(?:\.\.\/|@)?(?:[\p{L}_$][\p{L}\p{N}_$-]*|\[[^\]]+\])(?:\.(?:[\p{L}_$][\p{L}\p{N}_$-]*|\[[^\]]+\]))*(=)?/gu;

function namesIn(tag: string): string[][] {
  if (/^[!/]/.test(tag)) return [];
  const words = tag.replace(/"[^"]*"|'[^']*'/g, ' ').replace(/\bas\s*\|[^|]*\|/, ' ');
  return [...words.matchAll(NAME)].flatMap(([name, argument]) => {
    if (argument !== undefined || helpers.has(name) || /^(?:@|\.\.\/)/.test(name)) return [];
    return [[...name.matchAll(/\[([^\]]+)\]|[^.[\]]+/g)].map(([plain, quoted]) => quoted ?? plain)];
  });
}

function put(target: Json, keys: readonly string[], value: unknown): void {
  const [key, ...inner] = keys as [string, ...string[]];
  if (inner.length === 0) target[key] ??= value;
  else {
    const next = target[key];
    target[key] = typeof next === 'object' && next !== null ? next : {};
    put(target[key] as Json, inner, value);
  }
}

/** What templates can read: the fields of profiles, and whatever the sample has. */
export function variablesOf(types: Record<string, string>, { values }: ReadSample): Variable[] {
  const found = new Map<string, Variable>();
  const add = (variable: Variable) => {
    if (!found.has(variable.path)) found.set(variable.path, variable);
  };
  add({ path: 'email', from: 'user' });
  add({ path: 'userId', from: 'user' });
  for (const [key, value] of Object.entries(values?.triggerData ?? {})) {
    add({ path: pathOf([key]), from: 'trigger data', sample: short(value) });
  }
  for (const [key, value] of Object.entries(values?.profile ?? {})) {
    add({ path: pathOf([key]), from: 'profile', sample: short(value) });
  }
  for (const name of Object.keys(types)) add({ path: pathOf([name]), from: 'profile' });
  for (const [key, value] of Object.entries(values?.liveData ?? {})) {
    add({ path: pathOf(['liveData', key]), from: 'live data', sample: short(value) });
  }
  add({ path: 'workflowId', from: 'journey' });
  return [...found.values()];
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
