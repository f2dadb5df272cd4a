import { type ApiWorld, createApiWorld } from '../../support/api-world';

/* Journeys that are refused: what is wrong, where, and what to do, the same wherever a journey may be given. */

let world: ApiWorld;
/** A saved draft, which a refused change leaves as it is. */
let draft: { id: number; revision: number };
let webhookId: number;
let listId: number;

beforeAll(async () => {
  world = await createApiWorld();
  const webhook = { name: 'CRM', endpoint: 'https://api.example.com' };
  webhookId = (await world.call('POST', '/api/journeyWebhooks', webhook)).body.id;
  listId = (await world.call('POST', '/api/lists', { name: 'VIP' })).body.listId;
  draft = (await world.call('POST', '/api/journeys', { name: 'Draft', tiles: [] })).body;
});
afterAll(() => world.close());

const USERS = [{ email: 'ada@example.com' }];
const PRO = { field: 'profile.plan', is: 'equals', value: 'pro' };
const OUT = { id: 'out', type: 'exit' };
const WINDOW = { days: ['mon'], from: '09:00', to: '20:00', timeZone: 'UTC' };

type Faults = Record<string, string>;
/** What is wrong, a part of a journey, and all that the answer says. */
type Row = [string, object, Faults];

const tiles = (...given: object[]) => ({ tiles: given });
const split = (fields: object) => tiles({ id: 's', type: 'abSplit', ...fields }, OUT);
const branches = (...weights: unknown[]) =>
  weights.map((weight, index) => ({ name: `b${index}`, weight, ...(index > 0 && { next: 'exit' }) }));
const wait = (fields: object) =>
  tiles({ id: 'w', type: 'waitFor', for: [{ event: 'paid' }], timeout: '1 day', ...fields });
const delay = (fields: object) => tiles({ id: 'd', type: 'delay', ...fields });
const call = (fields: object) => tiles({ id: 'c', type: 'webhook', webhookId: 1, ...fields });
const when = (condition: unknown) =>
  tiles({ id: 's', type: 'yesNoSplit', when: condition, yes: 'exit' }, OUT);
const window = (fields: object) => ({ sendWindow: { ...WINDOW, ...fields } });
const schedule = (fields: object) => ({
  entry: { source: 'schedule', listId: 1, timeZone: 'UTC', cron: '0 9 * * *', ...fields },
});
const arms = (count: number) => Array.from({ length: count }, () => ({ event: 'paid' }));

const NO_ZONE = 'A time zone is an IANA name such as "Europe/Berlin", or "UTC".';
const NO_CHOICE = 'A time zone is "user", an IANA name such as "Europe/Berlin", or "UTC".';
const EXAMPLES = '"90 seconds", "3 minutes", "1 day" or "PT3M"';
const NO_DURATION = `A duration is text such as ${EXAMPLES}: one number and one unit, from seconds to weeks.`;
const ZERO = `A duration is longer than zero. Write one such as ${EXAMPLES}.`;
const NEGATIVE = `A duration is not negative. Write one such as ${EXAMPLES}.`;
const MONTH = 'A month or a year has no fixed length. Write days or weeks, such as "30 days".';
const TEN_YEARS = 'A duration is ten years at most: "3650 days".';
const MISSING_DURATION = 'This is missing. Send a duration as text, such as "3 minutes" or "1 day".';
const NO_DAY = 'Without a day this never comes. Name at least one.';
const A_DAY = 'A day is one of: mon, tue, wed, thu, fri, sat, sun.';
const A_TIME_OF_DAY = 'A time of day is written as in "09:00", from "00:00" to "23:59".';
const AN_END = 'A time of day is written as in "20:00", from "00:00" to "24:00", the end of the day.';
const SAME_TIME = 'A window ends at another time than it begins. For whole days, use "00:00" and "24:00".';
const NO_TIME = 'There is no such date or time of day.';
const A_TIME =
  'A local time is written as in "2026-12-01T09:00", without an offset: the time zone goes in timeZone.';
const UNDER_WAY = 'Only fields of profile, trigger, liveData, events and callbacks can.';
const ENTERING = 'Only fields of profile, trigger and event can.';
const OF_ENTRY =
  'A field here starts with trigger., profile., liveData., events. or callbacks., as in “trigger.plan”.';
const A_FIELD =
  'A field here starts with profile., trigger., liveData., events., callbacks. or event., as in “profile.plan”.';
const A_DATE =
  'Send a date that exists, such as "2026-01-31", "now", "-7 days" or "+2 hours" (a month has no fixed length), ' +
  'seconds since the epoch, or another field: {"field": "trigger.plan"}.';
const A_VALUE =
  'Send a text of up to 1024 characters, a number, true, false, null, or another field: {"field": "trigger.plan"}.';
const FORMS =
  'A condition is one of {"field", "is", "value"}, {"list", "is"}, {"event"}, {"all": […]}, {"any": […]}, {"not": …}.';
const CYCLE = (id: string) =>
  `Tile “${id}” leads back to itself without a wait. Put a delay or a waitFor tile of a second or more in the cycle.`;
const nowhere = (id: string) =>
  `There is no tile “${id}” in this journey. Name one of its tiles, or "exit" for its end.`;

const SPLITS: Row[] = [
  ['a split without a way out', tiles({ id: 's', type: 'yesNoSplit', when: PRO }), { 'tiles[0]': 'All ways of this split lead to the end of the journey. Let one of them lead elsewhere, or remove the split.' }],
  ['an A/B split without a way out', split({ branches: [{ name: 'a', weight: 50 }, { name: 'b', weight: 50 }] }), { 'tiles[0]': 'All ways of this split lead to tile “out”. Let one of them lead elsewhere, or remove the split.' }],
  ['a split without branches', tiles({ id: 's', type: 'attributeSplit', branches: [] }), { 'tiles[0].branches': 'This list is too short. Send at least 1 item.' }],
  ['an A/B split of one branch', split({ branches: branches(100) }), { 'tiles[0].branches': 'This list is too short. Send at least 2 items.' }],
  ['an A/B split that has none', split({}), { 'tiles[0].branches': 'This is missing. Send a list of objects with “name” and “weight”.' }],
  ['a text for branches', split({ branches: 'a, b' }), { 'tiles[0].branches': 'Send a list of objects with “name” and “weight” here.' }],
  ['weights that do not add up', split({ branches: branches(50, 49) }), { 'tiles[0].branches': 'The weights of the branches add up to 99. Let them add up to 100.' }],
  ['weights that are too much', split({ branches: branches(50, 51) }), { 'tiles[0].branches': 'The weights of the branches add up to 101. Let them add up to 100.' }],
  ['halves of weights', split({ branches: branches(50.5, 49.5) }), { 'tiles[0].branches[0].weight': 'Send a whole number from 0 to 100 here.', 'tiles[0].branches[1].weight': 'Send a whole number from 0 to 100 here.' }],
  ['a negative weight', split({ branches: branches(-1, 101) }), { 'tiles[0].branches[0].weight': 'Send a number of at least 0.', 'tiles[0].branches[1].weight': 'Send a number of at most 100.' }],
  ['a weight as text', split({ branches: branches('50', 50) }), { 'tiles[0].branches[0].weight': 'Send a whole number from 0 to 100 here.' }],
  ['two branches of one name', split({ branches: [{ name: 'a', weight: 50 }, { name: ' a', weight: 50, next: 'exit' }] }), { 'tiles[0].branches[1].name': 'Another branch is called “a”. Give this one another name.' }],
  ['two attribute branches of one name', tiles({ id: 's', type: 'attributeSplit', branches: [{ name: 'a', when: PRO, next: 'exit' }, { name: 'a', when: PRO }] }, OUT), { 'tiles[0].branches[1].name': 'Another way of this tile is called “a”. Give the branch another name.' }],
  ['a branch without a name', split({ branches: [{ weight: 50 }, { name: '', weight: 50, next: 'exit' }] }), { 'tiles[0].branches[0].name': 'This is missing. Send a text. A name of a branch is one line of text.', 'tiles[0].branches[1].name': 'This is empty. Send a text.' }],
  ['eleven branches', split({ branches: branches(10, ...Array<number>(10).fill(9)) }), { 'tiles[0].branches': 'This list is too long. Send at most 10 items.' }],
  ['a holdout that leads on', split({ branches: [{ name: 'a', weight: 50 }, { name: 'b', weight: 50, holdout: true, next: 'out' }] }), { 'tiles[0].branches[1].next': 'A holdout leads to the exit. Leave next out.' }],
]; // prettier-ignore

const NAMES_AND_WAYS: Row[] = [
  ['no name', { name: undefined }, { name: 'This is missing. Send a text. A journey needs a name.' }],
  ['an empty name', { name: ' ' }, { name: 'A journey needs a name.' }],
  ['a name of 201 characters', { name: 'x'.repeat(201) }, { name: 'This text is too long. Send at most 200 characters.' }],
  ['two tiles of one id', tiles(OUT, OUT), { 'tiles[1].id': 'Another tile has the id “out”. Give this one another id.' }],
  ['a tile called exit', tiles({ ...OUT, id: 'exit' }), { 'tiles[0].id': '“exit” means the end of a journey. Give the tile another id.' }],
  ['a tile id with a space', tiles({ ...OUT, id: 'a b' }), { 'tiles[0].id': 'A tile id has 1 to 64 letters, digits, - or _.' }],
  ['an unknown tile', tiles({ id: 'a', type: 'email' }), { 'tiles[0].type': 'A tile type is one of: webhook, liveData, userProfile, delay, waitFor, yesNoSplit, attributeSplit, abSplit, updateProfile, updateList, trackEvent, sendToJourney, exit.' }],
  ['ways to nowhere', call({ next: 'gone', onFailure: 'Exit', callback: { timeout: '1 day', onTimeout: 'late' } }), { 'tiles[0].next': nowhere('gone'), 'tiles[0].onFailure': nowhere('Exit'), 'tiles[0].callback.onTimeout': nowhere('late') }],
  ['a way that is null', call({ next: null }), { 'tiles[0].next': 'Name a tile of this journey, or "exit" for its end. Leave it out for the tile that follows.' }],
  ['ways of a wait and a delay to nowhere', tiles({ id: 'w', type: 'waitFor', for: [{ event: 'paid', next: 'a' }], timeout: '1 day', onTimeout: 'b' }, { id: 'd', type: 'delay', until: { field: 'profile.end', onPast: 'c', onMissing: 'd1' } }), { 'tiles[0].for[0].next': nowhere('a'), 'tiles[0].onTimeout': nowhere('b'), 'tiles[1].until.onPast': nowhere('c'), 'tiles[1].until.onMissing': nowhere('d1') }],
  ['an exit rule whose name has two lines', { exitRules: [{ event: 'paid', name: 'a\nb' }] }, { 'exitRules[0].name': 'A name of a rule is one line of text.' }],
  ['a wait whose name is no word', wait({ name: 'the order' }), { 'tiles[0].name': 'A name has 1 to 64 letters, digits or _, and does not start with a digit.' }],
  ['an unknown entry source', { entry: { source: 'webhook' } }, { 'entry.source': 'An entry source is one of: api, event, purchase, cartUpdate, newUser, profileUpdate, listSubscribe, listUnsubscribe, journey, schedule.' }],
  ['an event without a name', { entry: { source: 'event', eventName: ' ' }, exitRules: [{ event: '' }] }, { 'entry.eventName': 'An event needs a name.', 'exitRules[0].event': 'An event needs a name.' }],
  ['an exit rule of two kinds', { exitRules: [{ event: 'paid', listId: 1 }] }, { 'exitRules[0].listId': 'An exit rule has one of event, listId and when. For more, add more rules.' }],
  ['21 exit rules', { exitRules: arms(21) }, { exitRules: 'This list is too long. Send at most 20 items.' }],
  ['a field that there is not', { windows: [] }, { windows: 'There is no such field.' }],
]; // prettier-ignore

const WAITS: Row[] = [
  ['a wait without a timeout', wait({ timeout: undefined }), { 'tiles[0].timeout': MISSING_DURATION }],
  ['a callback without a timeout', call({ callback: {} }), { 'tiles[0].callback.timeout': MISSING_DURATION }],
  ['eleven arms', wait({ for: arms(11) }), { 'tiles[0].for': 'This list is too long. Send at most 10 items.' }],
  ['no arms', wait({ for: [] }), { 'tiles[0].for': 'This list is too short. Send at least 1 item.' }],
  ['an arm of two kinds', wait({ for: [{ event: 'paid', when: PRO }] }), { 'tiles[0].for[0]': 'An arm has either an event or a when.' }],
  ['an arm of none', wait({ for: [{}] }), { 'tiles[0].for[0]': 'An arm has either an event or a when.' }],
  ['another since', wait({ since: 'ever' }), { 'tiles[0].since': 'Send "arrival" or "entry".' }],
  ['a delay of nothing', delay({}), { 'tiles[0].for': 'A delay has either a duration (for) or a moment (until).' }],
  ['a delay of two kinds', delay({ for: '1 day', until: { at: '2030-01-01T09:00' } }), { 'tiles[0].for': 'A delay has either a duration (for) or a moment (until).' }],
  ['a cycle without a wait', tiles({ id: 'a', type: 'webhook', webhookId: 1 }, { id: 'b', type: 'updateProfile', fields: { a: 1 }, next: 'a' }), { 'tiles[0]': CYCLE('a') }],
  ['a cycle by onFailure', call({ onFailure: 'c' }), { 'tiles[0]': CYCLE('c') }],
  ['a cycle by a callback, which may come at once', call({ callback: { timeout: '1 day', onSuccess: 'c' } }), { 'tiles[0]': CYCLE('c') }],
  ['a cycle whose delay is a moment', tiles({ id: 'a', type: 'webhook', webhookId: 1 }, { id: 'd', type: 'delay', for: '0.5 seconds', next: 'a' }), { 'tiles[0]': CYCLE('a') }],
  ['a cycle whose wait is a moment', tiles({ id: 'a', type: 'webhook', webhookId: 1 }, { id: 'w', type: 'waitFor', for: [{ event: 'paid', next: 'exit' }], timeout: '0.999 seconds', onTimeout: 'a' }), { 'tiles[0]': CYCLE('a') }],
]; // prettier-ignore

/** Every place of a duration, with the same faults. */
const DURATIONS = ([
  ['0 seconds', ZERO],
  ['PT0S', ZERO],
  ['-1 day', NEGATIVE],
  ['1 month', MONTH],
  ['2years', MONTH],
  ['P1M', MONTH],
  ['P1Y2D', MONTH],
  ['3651 days', TEN_YEARS],
  ['999999999 weeks', TEN_YEARS],
  ['1 day 2 hours', NO_DURATION],
  ['1.0001 hours', NO_DURATION],
  ['soon', NO_DURATION],
  ['', NO_DURATION],
] as const).map(([text, fault]): Row => [
  `the duration “${text}”`,
  {
    reentry: { after: text },
    tiles: [
      { id: 'd', type: 'delay', for: text },
      { id: 'u', type: 'delay', until: { field: 'profile.end', offset: text } },
      { id: 'w', type: 'waitFor', for: [{ event: 'paid' }], timeout: text },
      { id: 'c', type: 'webhook', webhookId: 1, callback: { timeout: text } },
      { id: 's', type: 'yesNoSplit', when: { event: 'paid', within: text }, yes: 'exit' },
      OUT,
    ],
  },
  {
    'reentry.after': fault,
    'tiles[0].for': fault,
    // An offset may be negative.
    ...(text !== '-1 day' && { 'tiles[1].until.offset': `An offset is a duration, with a minus for before, such as "-2 days". ${fault}` }),
    'tiles[2].timeout': fault,
    'tiles[3].callback.timeout': fault,
    'tiles[4].when.within': fault,
  },
]); // prettier-ignore

/** Every place of a time zone, with the same faults. */
const ZONES = ['Mars/Olympus', 'UTC+2', 'GMT-3', '+02:00', 'Berlin', 'Europe/Berlin ', ''].map((timeZone): Row => [
  `the time zone “${timeZone}”`,
  {
    timeZone,
    sendWindow: { ...WINDOW, timeZone },
    ...schedule({ timeZone }),
    tiles: [
      { id: 'c', type: 'webhook', webhookId: 1, sendWindow: { ...WINDOW, timeZone } },
      { id: 'd', type: 'delay', for: '1 day', timeOfDay: '09:00', timeZone },
      { id: 'u', type: 'delay', until: { at: '2030-01-01T09:00', timeZone } },
    ],
  },
  {
    timeZone: NO_ZONE,
    'entry.timeZone': NO_ZONE,
    'sendWindow.timeZone': NO_CHOICE,
    'tiles[0].sendWindow.timeZone': NO_CHOICE,
    'tiles[1].timeZone': NO_CHOICE,
    'tiles[2].until.timeZone': NO_CHOICE,
  },
]); // prettier-ignore

const TIMES: Row[] = [
  ['a window whose from is its to', window({ to: '09:00' }), { 'sendWindow.to': SAME_TIME }],
  ['a tile’s window whose from is its to', call({ sendWindow: { ...WINDOW, from: '00:00', to: '00:00' } }), { 'tiles[0].sendWindow.to': SAME_TIME }],
  ['a window that never opens', window({ days: [] }), { 'sendWindow.days': NO_DAY }],
  ['a tile’s window that never opens', call({ sendWindow: { ...WINDOW, days: [] } }), { 'tiles[0].sendWindow.days': NO_DAY }],
  ['delays on no day', tiles({ id: 'd', type: 'delay', for: '1 day', days: [] }, { id: 'u', type: 'delay', until: { at: '2030-01-01T09:00', days: [] } }), { 'tiles[0].days': NO_DAY, 'tiles[1].until.days': NO_DAY }],
  ['days that are none', window({ days: ['Mon', 1] }), { 'sendWindow.days[0]': A_DAY, 'sendWindow.days[1]': A_DAY }],
  ['a text for days', window({ days: 'monday to friday' }), { 'sendWindow.days': 'Send a list of mon, tue, wed, thu, fri, sat or sun here.' }],
  ['a window with nothing', { sendWindow: {} }, { 'sendWindow.days': 'This is missing. Send a list of mon, tue, wed, thu, fri, sat or sun.', 'sendWindow.from': `This is missing. Send a text. ${A_TIME_OF_DAY}`, 'sendWindow.to': `This is missing. Send a text. ${AN_END}`, 'sendWindow.timeZone': `This is missing. Send a text. ${NO_CHOICE}` }],
  ['a text for a window', { sendWindow: 'mornings' }, { sendWindow: 'Send an object with “days”, “from”, “to” and “timeZone” here.' }],
  ['a number for an hour', window({ from: 9 }), { 'sendWindow.from': `Send a text here. ${A_TIME_OF_DAY}` }],
  ['a time that is none', window({ from: '9am', to: '24:30' }), { 'sendWindow.from': 'A time of day is written as in "09:00", from "00:00" to "23:59".', 'sendWindow.to': 'A time of day is written as in "20:00", from "00:00" to "24:00", the end of the day.' }],
  ['another onClosed', window({ onClosed: 'drop' }), { 'sendWindow.onClosed': 'Send "hold" or "skip".' }],
  ['a window by the user’s clocks without those of the journey', window({ timeZone: 'user' }), { timeZone: 'With the time zone "user", the journey needs one of its own, for users without one.' }],
  ['30 February', { ...schedule({ cron: undefined, at: '2027-02-30T09:00' }), ...delay({ until: { at: '2027-02-30T09:00' } }) }, { 'entry.at': NO_TIME, 'tiles[0].until.at': NO_TIME }],
  ['the year 10000', { ...schedule({ cron: undefined, at: '10000-01-01T09:00' }), ...delay({ until: { at: '10000-01-01T09:00' } }) }, { 'entry.at': A_TIME, 'tiles[0].until.at': A_TIME }],
  ['a time with an offset', delay({ until: { at: '2027-01-01T09:00Z' } }), { 'tiles[0].until.at': A_TIME }],
  ['a schedule after 2100', schedule({ cron: undefined, at: '2101-01-01T09:00' }), { 'entry.at': 'Schedules end with the year 2100. Choose an earlier time.' }],
  ['a schedule at a time that the clocks skip', schedule({ cron: undefined, at: '2027-03-28T02:30', timeZone: 'Europe/Berlin' }), { 'entry.at': 'The clocks of Europe/Berlin skip this time. Choose one before or after.' }],
  ['a cron expression that never comes', schedule({ cron: '0 9 31 2 *' }), { 'entry.cron': 'None of these months has such a day.' }],
  ['a time of day beside until', delay({ until: { field: 'profile.end' }, timeOfDay: '09:00' }), { 'tiles[0].timeOfDay': 'Write timeOfDay within until.' }],
  ['a re-entry that counts from nothing', { reentry: { from: 'end', onActive: 'refuse' } }, { 'reentry.from': 'This says what “after” counts from. Add after, or leave from out.' }],
]; // prettier-ignore

const CONDITIONS: Row[] = [
  ['no condition', when(undefined), { 'tiles[0].when': FORMS }],
  ['an empty condition', when({}), { 'tiles[0].when': FORMS }],
  ['two combiners', when({ all: [PRO], any: [PRO] }), { 'tiles[0].when.any': 'Only one of all, any and not stands in a condition. Put the other within it.' }],
  ['a field that a comparison has not', when({ ...PRO, or: 'free' }), { 'tiles[0].when.or': 'There is no such field.' }],
  ['nothing under all', when({ all: [] }), { 'tiles[0].when.all': 'This list is too short. Send at least 1 item.' }],
  ['an unknown operator', when({ ...PRO, is: 'eq' }), { 'tiles[0].when.is': '“is” is one of: isSet, isNotSet, in, equals, notEquals, contains, greaterThan, greaterOrEqual, lessThan, lessOrEqual, before, after, startsWith, endsWith, matches.' }],
  ['a field without a root', when({ ...PRO, field: 'plan' }), { 'tiles[0].when.field': A_FIELD }],
  ['a name with a space', when({ ...PRO, field: 'profile.first name' }), { 'tiles[0].when.field': 'A field is written as in “profile.address.city” or “profile.items[0].sku”. Its names have no spaces, dots or brackets.' }],
  ['no value', when({ ...PRO, value: undefined }), { 'tiles[0].when.value': A_VALUE }],
  ['a list for a value', when({ ...PRO, value: ['pro'] }), { 'tiles[0].when.value': A_VALUE }],
  ['nothing to be in', when({ ...PRO, is: 'in', value: [] }), { 'tiles[0].when.value': 'This list is too short. Send at least 1 item.' }],
  ['a pattern from a field', when({ ...PRO, is: 'matches', value: { field: 'trigger.plan' } }), { 'tiles[0].when.value': 'Write the pattern here: it cannot be read from a field.' }],
  ['a date that is none', when({ ...PRO, is: 'before', value: '2026-02-30' }), { 'tiles[0].when.value': A_DATE }],
  ['a date some months ago', when({ ...PRO, is: 'after', value: '-1 month' }), { 'tiles[0].when.value': A_DATE }],
  ['a moment after all dates', when({ ...PRO, is: 'before', value: 1e15 }), { 'tiles[0].when.value': A_DATE }],
  ['an event less than no times', when({ event: 'paid', times: { is: 'lessThan', value: 0 } }), { 'tiles[0].when.times.value': 'Nobody does something less than 0 times, and everybody at least 0 times. Count from 1.' }],
  ['21 events', when({ all: arms(21) }), { 'tiles[0].when': 'A condition asks for at most 20 events.' }],
  ['a pattern on past events', when({ event: 'paid', where: { field: 'event.plan', is: 'matches', value: 'p.*' } }), { 'tiles[0].when.where.is': 'The events of a user are not compared with patterns. Use another operator, such as startsWith or contains.' }],
  ['an event where there is none', { ...when({ field: 'event.plan', is: 'isSet' }), exitRules: [{ when: { ...PRO, value: { field: 'event.plan' } } }] }, { 'exitRules[0].when.value.field': `“event.plan” cannot be read here. ${UNDER_WAY}`, 'tiles[0].when.field': `“event.plan” cannot be read here. ${UNDER_WAY}` }],
  ['live data before the journey', { entry: { source: 'api', where: { field: 'liveData.score', is: 'isSet' } } }, { 'entry.where.field': `“liveData.score” cannot be read here. ${ENTERING}` }],
  ['a match on live data before the journey', { entry: { source: 'api', where: { event: 'paid', match: { 'event.id': 'liveData.id' } } } }, { 'entry.where.match["event.id"]': `“liveData.id” cannot be read here. ${ENTERING}` }],
  ['matches on roots that do not exist there', { exitRules: [{ event: 'paid', match: { 'event.id': 'event.id' } }], ...wait({ for: [{ event: 'paid', match: { 'trigger.id': 'trigger.id', 'event.id': 'id' } }] }) }, { 'exitRules[0].match["event.id"]': `The right side cannot be “event.id”. ${OF_ENTRY}`, 'tiles[0].for[0].match["event.id"]': `The right side cannot be “id”. ${OF_ENTRY}`, 'tiles[0].for[0].match["trigger.id"]': 'The left side is a field of the event. A field here starts with event., as in “event.plan”.' }],
  ['a match with nothing', { exitRules: [{ event: 'paid', match: { 'event.id': '' } }] }, { 'exitRules[0].match["event.id"]': `The right side cannot be “”. ${OF_ENTRY}` }],
  ['an empty match', wait({ for: [{ event: 'paid', match: {} }] }), { 'tiles[0].for[0].match': 'A match has 1 to 10 pairs such as {"event.cartId": "trigger.cartId"}.' }],
  ['a match without an event', { exitRules: [{ listId: 1, match: { 'event.id': 'trigger.id' } }] }, { 'exitRules[0].match': 'Only a rule with an event has a match. For other conditions use when.' }],
  ['a change to the same value', { entry: { source: 'profileUpdate', field: 'plan', from: 'pro', to: 'pro' } }, { 'entry.to': 'A field does not change from a value to the same value. Leave one out, or change it.' }],
  ['a change from a list', { entry: { source: 'profileUpdate', field: 'plan', from: ['pro'] } }, { 'entry.from': 'Send a text of up to 1024 characters, a number, true, false or null.' }],
]; // prettier-ignore

const REFUSED = [...SPLITS, ...NAMES_AND_WAYS, ...WAITS, ...DURATIONS, ...ZONES, ...TIMES, ...CONDITIONS];

describe('a journey is refused with', () => {
  it.each(REFUSED)('%s', async (_what, fields, faults) => {
    const journey = { name: 'Bad', tiles: [], ...fields };
    const refused = { status: 400, body: { code: 'BadParams', params: faults } };
    expect(await world.call('POST', '/api/journeys', journey)).toMatchObject(refused);
    const before = await world.call('GET', `/api/journeys/${draft.id}`);
    expect(await world.call('PUT', `/api/journeys/${draft.id}`, journey)).toMatchObject(refused);
    expect((await world.call('GET', `/api/journeys/${draft.id}`)).body).toEqual(before.body);
    const { body } = await world.call('POST', '/api/journeys/simulate', { journey, users: USERS });
    expect(body.params).toEqual(within('journey', faults));
  });

  it('each fault by its path, and all of them at once', async () => {
    const { body } = await world.call('POST', '/api/journeys', { name: '', tiles: [{ ...OUT, id: 'exit' }], entry: {} });
    expect(Object.keys(body.params)).toEqual(['name', 'entry.source', 'tiles[0].id']);
    expect(body.msg).toBe('name: A journey needs a name. (and 2 more, see params)');
  }); // prettier-ignore

  it('nothing saved', async () => {
    const { body } = await world.call('GET', '/api/journeys');
    expect(body.journeys.map(({ name }: { name: string }) => name)).not.toContain('Bad');
  });
});

/** As the answer to a simulation of a journey that is not saved names them. */
function within(field: string, faults: Faults): Faults {
  return Object.fromEntries(Object.entries(faults).map(([path, message]) => [`${field}.${path}`, message]));
}

describe('a journey is saved, but not published, tested or simulated with', () => {
  const score = { field: 'liveData.score', is: 'isSet' };
  it.each<Row>([
    ['live data that no tile before captures', { ...when(score), exitRules: [{ event: 'paid', match: { 'event.id': 'liveData.id' } }] }, { 'exitRules[0].match["event.id"]': 'No tile before it captures “liveData.id”. Put a liveData tile before it.', 'tiles[0].when.field': 'No tile before it captures “liveData.score”. Put a liveData tile before it.' }],
    ['a wait on live data', wait({ for: [{ when: score }] }), { 'tiles[0].for[0].when.field': 'No tile before it captures “liveData.score”. Put a liveData tile before it.' }],
    ['a delay until live data', delay({ until: { field: 'liveData.order.due' } }), { 'tiles[0].until.field': 'No tile before it captures “liveData.order.due”. Put a liveData tile before it.' }],
    ['an event of no wait before', when({ field: 'events.order.total', is: 'isSet' }), { 'tiles[0].when.field': 'No waitFor tile before it is called “order”.' }],
    ['a callback of no tile before', when({ field: 'callbacks.ask.limit', is: 'isSet' }), { 'tiles[0].when.field': 'No webhook tile “ask” with a callback comes before it. Name such a tile.' }],
    ['unknown lists', { ...when({ list: 999, is: 'member' }), entry: { source: 'listSubscribe', listId: 998 }, exitRules: [{ listId: 997 }], suppressionListIds: [996] }, { 'entry.listId': 'There is no list 998. Create it, or choose another.', 'exitRules[0].listId': 'There is no list 997. Create it, or choose another.', 'suppressionListIds[0]': 'There is no list 996. Create it, or choose another.', 'tiles[0].when.list': 'There is no list 999. Create it, or choose another.' }],
    ['an unknown webhook', call({ webhookId: 999 }), { 'tiles[0].webhookId': 'There is no such webhook. Create it, or choose another. (webhook 999)' }],
    ['a callback that nobody could sign', call({ callback: { timeout: '1 day' } }), { 'tiles[0].callback': 'Webhook 1 has no signing secret, so nobody could tell who calls back. Turn on its signing.' }],
    ['an unknown journey', tiles({ id: 'a', type: 'sendToJourney', journeyId: 9_999 }), { 'tiles[0].journeyId': 'There is no journey 9999. Create it, or choose another.' }],
  ])('%s', async (_what, fields, faults) => {
    expect(webhookId).toBe(1);
    const { status, body: saved } = await world.call('POST', '/api/journeys', { name: 'Unfit', tiles: [], ...fields });
    expect(status).toBe(201);
    const refused = { status: 400, body: { code: 'BadParams', params: faults } };
    const path = `/api/journeys/${saved.id}`;
    expect(await world.call('POST', `${path}/publish`)).toMatchObject(refused);
    expect(await world.call('POST', `${path}/test`, USERS[0])).toMatchObject(refused);
    expect(await world.call('POST', `${path}/simulate`, { users: USERS })).toMatchObject(refused);
    expect((await world.call('GET', path)).body).toEqual(saved);
    expect((await world.call('GET', `${path}/versions`)).body.versions).toEqual([]);
  }); // prettier-ignore

  it('a schedule whose one time has passed, which a simulation does not mind', async () => {
    const entry = { source: 'schedule', listId, at: '2026-01-01T09:00', timeZone: 'Europe/Berlin' };
    const { body } = await world.call('POST', '/api/journeys', { name: 'Late', entry, tiles: [] });
    const { status, body: answer } = await world.call('POST', `/api/journeys/${body.id}/publish`);
    expect([status, answer.params]).toEqual([
      400,
      { 'entry.at': 'This time has passed in Europe/Berlin. Choose a later one.' },
    ]);
  });
});

it.each(['Asia/Calcutta', 'europe/berlin', 'GMT', 'utc', 'US/Pacific', 'Etc/GMT+2', 'UTC'])(
  'the time zone %s is one, everywhere',
  async (timeZone) => {
    const { status, body } = await world.call('POST', '/api/journeys', {
      name: 'Zones',
      timeZone,
      sendWindow: { ...WINDOW, timeZone },
      entry: { source: 'schedule', listId, cron: '0 9 * * *', timeZone },
      tiles: [{ id: 'd', type: 'delay', for: '1 day', timeOfDay: '09:00', timeZone }],
    });
    expect([status, body.timeZone]).toEqual([201, timeZone]);
    expect((await world.call('POST', `/api/journeys/${body.id}/publish`)).status).toBe(200);
  },
);

describe('publishing warns of', () => {
  const CALL = { id: 'a', type: 'webhook', webhookId: 1 };
  const OF_MOMENT =
    'From here the user comes back without another delay. Once the moment has passed, or while the field has no date, ' +
    'they come round once a minute. Lead onPast and onMissing out of the cycle, or put a delay in it to make it rarer.';
  const OF_CONDITION =
    'From here the user comes back without a delay. While the condition holds, they come round once a minute: ' +
    'a visit within a minute judges it when the minute is over. Put a delay in the cycle to make it rarer.';
  const UNSENT = (name: string) => `None of the latest events is called “${name}”. Check how it is spelled.`;
  const inCycle = (fields: object) => tiles(CALL, { id: 'd', type: 'delay', ...fields });
  it.each<[string, object, Faults]>([
    ['a cycle whose only wait may be over at once, for ever', tiles(CALL, { id: 'w', type: 'waitFor', for: [{ when: PRO, next: 'a' }], timeout: '1 day', onTimeout: 'exit' }), { 'tiles[1].for[0].when': OF_CONDITION }],
    ['a cycle whose moment may have passed', inCycle({ until: { field: 'profile.next' }, next: 'a' }), { 'tiles[1].until': OF_MOMENT }],
    ['a cycle by those whose moment has passed', inCycle({ until: { field: 'profile.next', onPast: 'a', onMissing: 'exit' } }), { 'tiles[1].until': OF_MOMENT }],
    ['no cycle that only those who wait go round', inCycle({ until: { field: 'profile.next', onPast: 'exit', onMissing: 'exit' }, next: 'a' }), {}],
    ['no cycle that a delay is in', tiles(CALL, { id: 'd', type: 'delay', until: { field: 'profile.next' } }, { id: 'e', type: 'delay', for: '1 second', next: 'a' }), {}],
    ['a time that has passed everywhere', delay({ until: { at: '2026-01-01T09:00' } }), { 'tiles[0].until.at': 'This time has passed, so nobody waits here. Choose a later one, or remove the delay.' }],
    ['a key that begins like the field of a condition', { reentry: { key: 'event.cartId' } }, { 'reentry.key': 'This reads the field “event” of the trigger data. For its field “cartId”, leave out “event.”.' }],
    ['an exit rule, and a condition, whose event nobody has sent', { ...tiles({ id: 's', type: 'yesNoSplit', when: { not: { event: 'opend' } }, yes: 'exit', no: 'a' }, CALL), exitRules: [{ event: 'buy' }, { event: 'purchase' }, { event: 'cartUpdate' }] }, { 'exitRules[0].event': UNSENT('buy'), 'tiles[0].when.not.event': UNSENT('opend') }],
    ['no event of the entry source', { entry: { source: 'event', eventName: 'yet to come' } }, {}],
    ['no key within an object', { reentry: { key: 'cart.id' } }, {}],
  ])('%s', async (_what, fields, warnings) => {
    const { body: saved } = await world.call('POST', '/api/journeys', { name: 'Odd', tiles: [], ...fields });
    const { status, body } = await world.call('POST', `/api/journeys/${saved.id}/publish`);
    expect(status).toBe(200);
    const given = (body.warnings ?? []) as { field: string; message: string }[];
    expect(Object.fromEntries(given.map(({ field, message }) => [field, message]))).toEqual(warnings);
  }); // prettier-ignore
});

it('a simulation of 10,000 users is refused, with the reason', async () => {
  const users = Array.from({ length: 10_000 }, (_, index) => ({ userId: `u${index}` }));
  const { status, body } = await world.call('POST', `/api/journeys/${draft.id}/simulate`, { users });
  expect([status, body.params]).toEqual([
    400,
    {
      users: 'A simulation has at most 100 users: it shows what happens, it is no load test. Send fewer.',
    },
  ]);
});
