import { jsonTrapIn, textOfTrap } from '../../domain/json';
import { hasTooManyValues, isJsonContainer, readJson } from '../../domain/lossless-json';
import { type EncodedText, readText } from './answer-text';

/**
 * Parses an answer that is a JSON object or array. `fault` says why there is none: also for JSON that could not be
 * stored, nested deeper than 32 levels or with a field `__proto__`, a NUL or a lone surrogate.
 */
export function readJsonAnswer(answer: EncodedText): { value: object } | { fault: string } {
  const decoded = readText(answer);
  if ('fault' in decoded) return decoded;
  if (hasTooManyValues(decoded.text)) return { fault: textOfTrap('values', 'The answer') };
  const value = parse(decoded.text);
  if (!isJsonContainer(value)) return { fault: 'The answer is not a JSON object or array.' };
  const trap = jsonTrapIn(value);
  return trap === undefined ? { value } : { fault: textOfTrap(trap, 'The answer') };
}

/** Undefined for text that is not JSON. */
function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
