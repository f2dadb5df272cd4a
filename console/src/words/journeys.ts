import type { paths } from '../../types/schema';
import {
  conditionWords,
  type ListNames,
  listWords,
  occurrenceWords,
  valueWords,
  type When,
} from './conditions';
import { durationWords } from './durations';
import { quoted } from './quoted';

/* The parts of a journey in plain words. */

/** A journey as it is saved. */
export type JourneyInput = NonNullable<
  paths['/api/journeys/{id}']['put']['requestBody']
>['content']['application/json'];
export type EntrySource = NonNullable<JourneyInput['entry']>;
export type ExitRule = NonNullable<JourneyInput['exitRules']>[number];
export type SendWindow = NonNullable<JourneyInput['sendWindow']>;
export type Reentry = NonNullable<JourneyInput['reentry']>;
export type Day = SendWindow['days'][number];

export const DAYS: Record<Day, string> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};
const WEEK = Object.keys(DAYS) as Day[];

export const SOURCES: Record<EntrySource['source'], string> = {
  api: 'A call to the API',
  event: 'An event',
  purchase: 'A purchase',
  cartUpdate: 'A cart update',
  newUser: 'A new user',
  profileUpdate: 'A profile update',
  listSubscribe: 'Being put on a list',
  listUnsubscribe: 'Being taken off a list',
  schedule: 'A schedule',
  journey: 'Another journey',
};

/** What sends users in: “When “signup” is tracked, if total is more than 20”. */
export function entryWords(entry: EntrySource, lists: ListNames = {}): string {
  const { where } = entry as { where?: When };
  return `${sourceWords(entry, lists)}${where === undefined ? '' : `, if ${conditionWords(where, lists)}`}`;
}

function sourceWords(entry: EntrySource, lists: ListNames): string {
  switch (entry.source) {
    case 'api':
      return 'When the API is called';
    case 'event':
      return `When ${quoted(entry.eventName)} is tracked`;
    case 'purchase':
      return 'When the user purchases something';
    case 'cartUpdate':
      return 'When the user’s cart is updated';
    case 'newUser':
      return 'When the user is created';
    case 'profileUpdate':
      return `When ${entry.field} ${changeWords(entry)}`;
    case 'listSubscribe':
      return `When put on ${listWords(entry.listId, lists)}`;
    case 'listUnsubscribe':
      return `When taken off ${listWords(entry.listId, lists)}`;
    case 'schedule':
      return `${timingWords(entry)}, everyone on ${listWords(entry.listId, lists)}`;
    case 'journey':
      return 'When another journey sends the user';
  }
}

type ProfileUpdate = Extract<EntrySource, { source: 'profileUpdate' }>;

function changeWords({ from, to, onlyIfChanged }: ProfileUpdate): string {
  const change = `${from === undefined ? '' : ` from ${valueWords(from)}`}${to === undefined ? '' : ` to ${valueWords(to)}`}`;
  if (change !== '') return `changes${change}`;
  return onlyIfChanged ? 'changes' : 'is updated';
}

type Schedule = Extract<EntrySource, { source: 'schedule' }>;

/** “At 2026-12-01 09:00, Europe/Berlin”, “Mondays at 09:00, UTC”; an expression that is more than that stays one. */
function timingWords({ cron, at, timeZone }: Schedule): string {
  if (at !== undefined) return `At ${at.replace('T', ' ')}, ${timeZone}`;
  return `${cronWords(cron ?? '')}, ${timeZone}`;
}

const CRON_DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_NAMES: Record<string, string> = {
  ...{ mon: 'Mondays', tue: 'Tuesdays', wed: 'Wednesdays', thu: 'Thursdays' },
  ...{ fri: 'Fridays', sat: 'Saturdays', sun: 'Sundays' },
};

/** The commonest expressions in words; the others as they are. */
export function cronWords(cron: string): string {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.trim().toLowerCase().split(/\s+/);
  const isPlain = /^\d{1,2}$/.test(minute) && /^\d{1,2}$/.test(hour) && month === '*';
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  if (isPlain && day === '*' && weekday === '*') return `Every day at ${time}`;
  if (isPlain && /^\d{1,2}$/.test(day) && weekday === '*') return `On day ${day} of each month at ${time}`;
  const name = DAY_NAMES[/^\d$/.test(weekday) ? (CRON_DAYS[Number(weekday)] ?? '') : weekday];
  if (isPlain && day === '*' && name !== undefined) return `${name} at ${time}`;
  if (isPlain && day === '*' && /^(1-5|mon-fri)$/.test(weekday)) return `Mondays to Fridays at ${time}`;
  return `By the schedule ${cron}`;
}

/** What takes users out: its name, if it has one, else what it is. */
export function exitRuleWords(rule: ExitRule, lists: ListNames = {}): string {
  const { name, event, where, match, listId, when } = rule;
  if (name !== undefined && name !== '') return name;
  if (event !== undefined) return `The user did ${occurrenceWords({ event, where, match }, lists)}`;
  if (listId !== undefined) return `On ${listWords(listId, lists)}`;
  return when === undefined ? 'Nothing yet' : `If ${conditionWords(when, lists)}`;
}

/** “Mon–Fri 09:00–20:00, the user’s time zone”. */
export function windowWords({ days, from, to, timeZone, onClosed }: SendWindow): string {
  const zone = timeZone === 'user' ? 'the user’s time zone' : timeZone;
  const skips = onClosed === 'skip' ? '; skipped while it is closed' : '';
  return `${daysWords(days)} ${from}–${to}, ${zone}${skips}`;
}

/** “Every day”, “Mon–Fri”, “Mon, Wed”. */
export function daysWords(days: readonly Day[]): string {
  const chosen = WEEK.filter((day) => days.includes(day));
  if (chosen.length === WEEK.length) return 'Every day';
  const [first, last] = [WEEK.indexOf(chosen[0]!), WEEK.indexOf(chosen.at(-1)!)];
  const isRow = chosen.length > 2 && last - first === chosen.length - 1;
  return isRow ? `${DAYS[WEEK[first]!]}–${DAYS[WEEK[last]!]}` : chosen.map((day) => DAYS[day]).join(', ');
}

const ON_ACTIVE = {
  refuse: 'not while under way',
  restart: 'starts anew if under way',
  parallel: 'also while under way',
};

/** “After 30 days from the end, not while under way”. */
export function reentryWords({ after, from, key, onActive }: Reentry): string {
  const words = [
    ...(after === undefined
      ? []
      : [`${durationWords(after)} after the last entry ${from === 'end' ? 'ended' : 'began'}`]),
    ...(key === undefined ? [] : [`for each ${key}`]),
    ...(onActive === undefined ? [] : [ON_ACTIVE[onActive]]),
  ];
  return words.length === 0 ? 'any time' : words.join(', ');
}
