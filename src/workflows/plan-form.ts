import type { AdmitAnswer } from '../activities/admit';
import type { Way } from '../domain/journeys/plan';
import { fieldsOf, isCount, isWait } from './answer';
import type { AdmittedEntry } from './messages';

/* Whether a value has the form of an entry's plan. A plan of another form would make a workflow task fail for ever. */

const LONGEST_TILE_ID = 64;
const LONGEST_KEY = 64;

/** The range of a fairness weight in Temporal. */
const LIGHTEST = 0.001;
const HEAVIEST = 1_000;

type IsWay = (value: unknown) => value is Way;

export function isAdmitted(value: unknown): value is AdmittedEntry {
  const { id, plan, maxRequests } = fieldsOf(value);
  return typeof id === 'string' && isPlan(plan) && isCount(maxRequests);
}

/** See `answer.ts`. */
export function readAdmitAnswer(answer: unknown): AdmitAnswer | undefined {
  const { refused, entry, version } = fieldsOf(answer);
  if (typeof refused === 'string') return { refused };
  return isAdmitted(entry) && isCount(version) ? { entry, version } : undefined;
}

function isPlan(value: unknown): boolean {
  const { start, tiles, rules } = fieldsOf(value);
  if (rules !== undefined && rules !== true) return false;
  if (typeof tiles !== 'object' || tiles === null) return false;
  const isWay = (way: unknown): way is Way =>
    way === null || (typeof way === 'string' && Object.hasOwn(tiles, way));
  return isWay(start) && Object.entries(tiles).every(([id, tile]) => isTile(id, tile, isWay));
}

function isTile(id: string, tile: unknown, isWay: IsWay): boolean {
  const { kind, next, ms, journeyId, arms, onTimeout } = fieldsOf(tile);
  if (id.length > LONGEST_TILE_ID) return false;
  switch (kind) {
    case 'webhook':
    case 'liveData':
    case 'userProfile':
      return isWay(next) && isRequest(fieldsOf(tile), isWay);
    case 'delay':
      return isWay(next) && isWait(ms);
    case 'waitFor':
      return Array.isArray(arms) && arms.every(isWay) && isWay(onTimeout);
    case 'until':
      return (
        isWay(next) &&
        isOptionalWay(fieldsOf(tile).onPast, isWay) &&
        isOptionalWay(fieldsOf(tile).onMissing, isWay)
      );
    case 'sendToJourney':
      return isWay(next) && isCount(journeyId);
    default:
      // A tile of a newer version: see `walkTile`.
      return typeof kind === 'string';
  }
}

function isRequest(tile: Record<string, unknown>, isWay: IsWay): boolean {
  const { webhookId, onFailure, limit, callback } = tile;
  return (
    (webhookId === undefined || isCount(webhookId)) &&
    isOptionalWay(onFailure, isWay) &&
    (limit === undefined || isLimit(limit)) &&
    (callback === undefined || isCallback(callback, isWay))
  );
}

function isCallback(value: unknown, isWay: IsWay): boolean {
  const { on, ms, success, failure, timeout } = fieldsOf(value);
  if (!isCount(on) || !isWait(ms)) return false;
  return isWay(success) && isWay(timeout) && isOptionalWay(failure, isWay);
}

function isOptionalWay(way: unknown, isWay: IsWay): boolean {
  return way === undefined || isWay(way);
}

function isLimit(value: unknown): boolean {
  const { key, weight } = fieldsOf(value);
  if (typeof key !== 'string' || key.length === 0 || key.length > LONGEST_KEY) return false;
  return typeof weight === 'number' && weight >= LIGHTEST && weight <= HEAVIEST;
}
