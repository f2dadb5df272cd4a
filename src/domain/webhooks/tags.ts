/** The place of a tag in a text. */
export interface TagPlace {
  start: number;
  end: number;
}

/**
 * Where a text has tags, as `{{…}}` and `{{{…}}}`, without parsing them. Each kind of end is looked for once only: a
 * text may open a tag at every character and close none.
 */
export function tagsIn(text: string): TagPlace[] {
  const places: TagPlace[] = [];
  const lastEnd = text.lastIndexOf('}}');
  const lastLongEnd = text.lastIndexOf('}}}');
  for (let start = text.indexOf('{{'); start >= 0 && start + 2 <= lastEnd;) {
    const isLong = text[start + 2] === '{' && start + 3 <= lastLongEnd;
    const end = isLong ? text.indexOf('}}}', start + 3) + 3 : text.indexOf('}}', start + 2) + 2;
    places.push({ start, end });
    start = text.indexOf('{{', end);
  }
  return places;
}
