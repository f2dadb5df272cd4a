import { jsonIn } from '../../../words/exact-json';

/*
 * A value of JSON in a field of one line: texts as they are, since most are templates, everything else as JSON. A text
 * that would be read as JSON stands in quotes.
 */

export function textOf(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  return jsonIn(value) === undefined ? value : JSON.stringify(value);
}

export function valueOf(text: string): unknown {
  const value = jsonIn(text);
  return value === undefined ? text : value;
}
