import type { Database } from '../db/connection/client';
import { mismatchedFields } from '../db/users/profile-fields';
import type { Outcome } from '../domain/webhooks/delivery';
import { type LiveDataField, selectFields } from '../domain/webhooks/live-data';
import { mergeProfile, type Profile, profileFault, sizeFault } from '../domain/users/profile';
import { readJsonAnswer } from '../webhook/answer/json-answer';
import { type Answer, type SendOptions, WEBHOOK_TIMEOUT_MS } from '../webhook/send';
import { LOGGED_BYTES } from './attempt-log';

/** A webhook tile discards the answer (B004), a Live Data tile takes chosen fields, a User Profile tile all of them. */
export type CaptureRule =
  { kind: 'nothing' } | { kind: 'liveData'; name: string; fields: LiveDataField[] } | { kind: 'profile' };

/** What an answer adds to its entry's live data or to its user's profile. */
export type Captured =
  { kind: 'liveData'; name: string; values: Record<string, unknown> } | { kind: 'profile'; profile: Profile };

export interface CaptureResult {
  outcome: Outcome;
  captured?: Captured;
}

/** The longest answer that is captured. A longer one fails the delivery. */
const MAX_CAPTURED_BYTES = 1_048_576;

export function sendOptionsFor({ kind }: CaptureRule): SendOptions {
  const maxBytes = kind === 'nothing' ? LOGGED_BYTES : MAX_CAPTURED_BYTES;
  return { timeoutMs: WEBHOOK_TIMEOUT_MS, maxBytes };
}

/**
 * Captures what the tile takes from an answer. An answer that does not have it makes the delivery give up, without a
 * retry (B028, C3): Live Data needs a JSON object or array, a profile needs an object whose fields have the types of
 * their first use and that fit into the user's profile, `before`. A profile is merged as a whole or not at all.
 */
export async function captureAnswer(
  db: Database,
  rule: CaptureRule,
  before: Profile,
  outcome: Outcome,
  answer: Answer,
): Promise<CaptureResult> {
  if (rule.kind === 'nothing' || outcome.kind !== 'delivered' || answer.kind !== 'response') {
    return { outcome };
  }
  const json = readJsonAnswer(answer);
  if ('fault' in json) return refuse(json.fault);
  const body = json.value;
  if (rule.kind === 'liveData') {
    const { name, fields } = rule;
    return { outcome, captured: { kind: 'liveData', name, values: selectFields(body, fields) } };
  }
  const profile = profileIn(body);
  if (typeof profile === 'string') return refuse(profile);
  const large = sizeFault(mergeProfile(before, profile, false), before);
  if (large !== undefined) return refuse(`With the answer, the user’s profile would have ${large}.`);
  const mismatched = await mismatchedFields(db, profile);
  if (mismatched.length > 0) {
    const names = mismatched.join(', ');
    return refuse(`The answer has values of another type for these profile fields: ${names}.`);
  }
  return { outcome, captured: { kind: 'profile', profile } };
}

/** The profile fields of an answer, or why it has none. */
function profileIn(body: object): Profile | string {
  if (Array.isArray(body)) return 'The answer is not a JSON object.';
  const fault = profileFault(body);
  if (fault !== undefined) return `The answer ${fault}`;
  // An endpoint cannot change the fields that identify a user.
  const { email: _email, userId: _userId, ...profile } = body as Profile;
  return profile;
}

function refuse(detail: string): CaptureResult {
  return { outcome: { kind: 'giveUp', reason: 'not_json', detail } };
}
