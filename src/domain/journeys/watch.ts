/*
 * What may end a wait or meet an exit rule, as keys: those of a user's open entries stand on the user's row, and whoever
 * changes the user looks there first.
 */

/** An event of this name: a custom event, or a purchase or an update of the cart, whose names are their kinds. */
export function eventKey(name: string): string {
  return `event/${name}`;
}

/** The profile, the identifiers or the tags. */
export const PROFILE_KEY = 'profile';

/** What lists the user is on. */
export const LIST_KEY = 'list';
