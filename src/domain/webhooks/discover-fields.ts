import { type ExactNumber, isExactNumber, isJsonContainer } from '../lossless-json';
import type { LiveDataType } from './live-data';
import { fieldTypeOf } from '../users/profile';
import { type Step, writePath } from './response-path';

/** A field of a response that can be chosen as live data. */
export interface DiscoveredField {
  path: string;
  type: LiveDataType;
  /** Its value; text is cut to 100 characters, and null for objects and arrays, whose fields are listed instead. */
  sample: string | number | ExactNumber | boolean | null;
}

const MAX_FIELDS = 500;
const MAX_SAMPLE_LENGTH = 100;

/**
 * The objects and fields of a response (B108); those of an array come from its first item. `body` is parsed JSON.
 * Upper levels come first, so that the deepest fields are left out when there are more than 500.
 */
export function discoverFields(body: unknown): DiscoveredField[] {
  const fields: DiscoveredField[] = [];
  const waiting = membersOf([], body);
  for (const { steps, value } of waiting) {
    const path = writePath(steps);
    if (path === undefined) continue;
    fields.push({ path, type: typeOf(value), sample: sampleOf(value) });
    if (fields.length === MAX_FIELDS) break;
    waiting.push(...membersOf(steps, value));
  }
  return fields;
}

interface Found {
  steps: Step[];
  value: unknown;
}

/** At most as many as can be shown: an object may have a million members. */
function membersOf(steps: Step[], value: unknown): Found[] {
  if (!isJsonContainer(value)) return [];
  if (Array.isArray(value)) return value.length === 0 ? [] : [{ steps: [...steps, 0], value: value[0] }];
  return Object.entries(value)
    .slice(0, MAX_FIELDS)
    .map(([key, inner]) => ({ steps: [...steps, key], value: inner as unknown }));
}

function typeOf(value: unknown): LiveDataType {
  const type = fieldTypeOf(value) ?? 'string';
  return type === 'long' || type === 'double' ? 'number' : type;
}

function sampleOf(value: unknown): DiscoveredField['sample'] {
  if (typeof value === 'string') return value.slice(0, MAX_SAMPLE_LENGTH);
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' || isExactNumber(value) ? value : null;
}
