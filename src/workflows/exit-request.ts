import type { ExitRequest } from './messages';

/** How the entry of an exit request ends: why, and what the operator said of it. */
export interface ReadExit {
  reason: Exclude<ExitRequest['reason'], 'exit_rule'>;
  detail: string;
}

const ASKED = 'Asked to exit.';

/** The most characters of an operator's text that become the entry's detail. */
const LONGEST_DETAIL = 500;

/**
 * Reads the argument of the signal `exit`, which may be anything: whatever it is, the user exits. A text becomes the
 * entry's detail; so does a reason that is none of ours. By an exit rule the entry is closed already, and the database
 * says so; if it is not, somebody sent the signal by hand.
 */
export function readExit(argument: unknown): ReadExit {
  if (typeof argument === 'string') return { reason: 'operator', detail: detailOf(argument) };
  if (typeof argument !== 'object' || argument === null) return { reason: 'operator', detail: ASKED };
  const { reason, detail } = argument as { reason?: unknown; detail?: unknown };
  if (reason === 'user_deleted' || reason === 'superseded') return { reason, detail: ASKED };
  const text = typeof detail === 'string' ? detail : reason;
  const isText = typeof text === 'string' && text !== 'operator' && text !== 'exit_rule';
  return { reason: 'operator', detail: isText ? detailOf(text) : ASKED };
}

/** A text as the database can store it, cut. */
function detailOf(text: string): string {
  const line = text.slice(0, LONGEST_DETAIL).replace(UNSTORABLE, ' ').trim();
  return line === '' ? ASKED : line;
}

/** Control characters, and halves of characters: also the half that the cut may leave. */
const UNSTORABLE = /[\p{Cc}\p{Surrogate}]+/gu;
