import { isExactNumber, isJsonContainer } from '../../lossless-json';
import { compareNumerals } from '../../numeral';
import type { Profile } from '../../users/profile';
import { same } from './comparison';

/** Which updates of a profile field are meant; without these fields, every update that names it. */
export interface MeantChange {
  field: string;
  onlyIfChanged?: boolean;
  /** What the field had before, and has then; null for nothing. */
  from?: unknown;
  to?: unknown;
}

export function isMeantChange(
  { field, onlyIfChanged = false, from, to }: MeantChange,
  before: Profile,
  after: Profile,
): boolean {
  const [old, now] = [before, after].map((profile) =>
    Object.hasOwn(profile, field) ? profile[field] : null,
  );
  if (onlyIfChanged && isSameJson(old, now)) return false;
  return (from === undefined || same(old, from)) && (to === undefined || same(now, to));
}

/** In whatever order the fields of objects stand. */
function isSameJson(one: unknown, other: unknown): boolean {
  if (!isJsonContainer(one) || !isJsonContainer(other)) {
    return one === other || (isExactNumber(one) && isExactNumber(other) && compareNumerals(one, other) === 0);
  }
  const [fields, others] = [one, other].map((value) => value as Record<string, unknown>);
  const names = Object.keys(fields!);
  if (Array.isArray(one) !== Array.isArray(other) || names.length !== Object.keys(others!).length)
    return false;
  return names.every((name) => Object.hasOwn(others!, name) && isSameJson(fields![name], others![name]));
}
