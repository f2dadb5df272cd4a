import { isDeepStrictEqual } from 'node:util';
import type { FieldChange } from '../../domain/audit';
import { pathText } from '../../domain/errors';
import { isOpaque, shown } from './shown';

/** A thing as its readers see it: JSON, with `StoredSecret` in place of each secret. */
export type View = Record<string, unknown>;

/** What differs between two states of a thing, field by field; of one that is created or deleted, all that it has. */
export function changesBetween(before: View = {}, after: View = {}): FieldChange[] {
  return compare([], before, after);
}

function compare(path: string[], before: unknown, after: unknown): FieldChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const key = path.at(-1) ?? '';
  if (!isOpaque(key)) {
    if (isView(before) && isView(after)) return compareFields(path, before, after);
    if (areKept(before) && areKept(after)) return compareKept(path, before, after);
  }
  return [{ path: pathText(path), before: shown(key, before), after: shown(key, after) }];
}

function compareFields(path: string[], before: View, after: View): FieldChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => compare([...path, name], own(before, name), own(after, name)));
}

/** Things with ids are compared by these, wherever they stand in their list. */
function compareKept(path: string[], before: Kept[], after: Kept[]): FieldChange[] {
  const ids = [before, after].map((kept) => kept.map(({ id }) => id)) as [string[], string[]];
  const order = isDeepStrictEqual(...ids) ? [] : [{ path: pathText(path), before: ids[0], after: ids[1] }];
  return [...order, ...compareFields(path, byId(before), byId(after))];
}

type Kept = { id: string } & View;

function areKept(value: unknown): value is Kept[] {
  return Array.isArray(value) && value.every((one) => isView(one) && typeof one.id === 'string');
}

function byId(kept: Kept[]): View {
  return Object.fromEntries(kept.map((one) => [one.id, one]));
}

function isView(value: unknown): value is View {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
}

/** A tile may be called `constructor`. */
function own(view: View, name: string): unknown {
  return Object.hasOwn(view, name) ? view[name] : undefined;
}
