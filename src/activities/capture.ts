import type { Outcome } from '../domain/webhooks/delivery';
import { selectFields } from '../domain/webhooks/live-data';
import { MOST_FIELDS, type Profile } from '../domain/users/profile';
import { readJsonAnswer } from '../webhook/json-answer';
import type { Answer } from '../webhook/send';
import type { CaptureRule } from './resolve-request';

/** What an entry or a user keeps of one answer. */
export type Captured = { liveData: { name: string; values: unknown } } | { profile: Profile };

/**
 * Takes from a delivered answer what its tile keeps. An answer that has no such thing is given up, never retried
 * (B028, C3): Live Data needs a JSON object or array, the profile an object.
 */
export function capture(
  keeps: CaptureRule,
  outcome: Outcome,
  answer: Answer,
): { outcome: Outcome; kept?: Captured } {
  if (keeps.kind === 'nothing' || outcome.kind !== 'delivered' || answer.kind !== 'response') {
    return { outcome };
  }
  const body = readJsonAnswer(answer.body);
  if (body === undefined) return { outcome: notJson('The answer is not JSON.') };
  if (keeps.kind === 'liveData') {
    return { outcome, kept: { liveData: { name: keeps.name, values: selectFields(body, keeps.fields) } } };
  }
  if (Array.isArray(body)) return { outcome: notJson('The answer is no JSON object.') };
  if (Object.keys(body).length > MOST_FIELDS) {
    return { outcome: notJson(`The answer has more than ${MOST_FIELDS} fields.`) };
  }
  // The two names that a user goes by are not for an endpoint to change.
  const { email: _email, userId: _userId, ...profile } = body as Profile;
  return { outcome, kept: { profile } };
}

/** A value that was refused after it was read: the profile's fields have the types of their first use. */
export function mismatchedTypes(fields: string[]): Outcome {
  return notJson(`The answer has values of another type for these profile fields: ${fields.join(', ')}.`);
}

function notJson(detail: string): Outcome {
  return { kind: 'giveUp', reason: 'not_json', detail };
}
