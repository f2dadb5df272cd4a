import { isExactNumber } from '../../lossless-json';
import { fieldCompared } from './comparison';
import { countOf, type EventCondition, type Leaf, leafHolds, type When } from '../conditions';
import { type Facts, MOST_EVENTS } from '../facts';
import { type Roots, valueAt } from '../roots';

const LONGEST = 200;
const LONGEST_VALUE = 60;
const MOST_ITEMS = 5;

/**
 * Why a condition holds, or does not, for people: what was found where it was decided, “profile.plan was “free””. At most
 * 200 characters. It quotes personal data.
 */
export function explain(when: When, roots: Roots, facts: Facts): string {
  const found = decide(when, roots, facts).leaves.map((leaf) => foundBy(leaf, roots, facts));
  return shortened([...new Set(found)].join(' and '), LONGEST);
}

/** Whether a condition holds, and what of it decided that. */
function decide(when: When, roots: Roots, facts: Facts): { held: boolean; leaves: Leaf[] } {
  if ('not' in when) {
    const { held, leaves } = decide(when.not, roots, facts);
    return { held: !held, leaves };
  }
  if (!('all' in when || 'any' in when)) return { held: leafHolds(when, roots, facts), leaves: [when] };
  const [parts, decisive] = 'all' in when ? [when.all, false] : [when.any, true];
  const leaves: Leaf[] = [];
  for (const part of parts) {
    const decided = decide(part, roots, facts);
    if (decided.held === decisive) return decided;
    leaves.push(...decided.leaves);
  }
  return { held: !decisive, leaves };
}

function foundBy(leaf: Leaf, roots: Roots, facts: Facts): string {
  if ('list' in leaf) return `${facts.isMember(leaf.list) ? 'on' : 'not on'} list ${leaf.list}`;
  if ('event' in leaf) return eventsFound(leaf, countOf(leaf, roots, facts));
  const other = fieldCompared(leaf);
  const compared = other === undefined ? '' : `, ${other} ${shown(valueAt(other, roots))}`;
  return `${leaf.field} was ${shown(valueAt(leaf.field, roots))}${compared}`;
}

const COMMERCE: Record<string, string> = { purchase: 'purchase', cartUpdate: 'cart update' };

function eventsFound({ event, where, match, within }: EventCondition, count: number): string {
  const many = count > MOST_EVENTS ? `more than ${MOST_EVENTS}` : String(count || 'no');
  const which = where === undefined && match === undefined ? '' : ' matching';
  const name = Object.hasOwn(COMMERCE, event)
    ? COMMERCE[event]
    : `“${shortened(event, LONGEST_VALUE)}” event`;
  return `${many}${which} ${name}${count === 1 ? '' : 's'}${within === undefined ? '' : ` in ${within}`}`;
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  if (typeof value === 'string') return `“${shortened(value, LONGEST_VALUE)}”`;
  if (Array.isArray(value)) {
    const isShort = value.length > 0 && value.length <= MOST_ITEMS && value.every(isScalar);
    return isShort ? value.map(shown).join(', ') : `a list of ${value.length}`;
  }
  return isScalar(value) ? String(value) : 'an object';
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null || isExactNumber(value);
}

/** Not within a character of two halves: the database stores none. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
