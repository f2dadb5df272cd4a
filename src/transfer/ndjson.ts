import { ApiError } from '../domain/errors';
import { jsonTrapIn, textOfTrap } from '../domain/json';
import { isJsonObject } from '../domain/lossless-json';
import { MOST_FIELDS, ProfileFieldType } from '../domain/users/profile';
import type { Row } from './rows';
import { jsonOf, type ReadRow } from './values';

const NAMES = ['email', 'userId', 'dataFields', 'mergeNestedObjects'];

/** Reads a line `{"email": …, "userId": …, "dataFields": {…}}`, or returns an error text. */
export function readLine({ bytes, fault }: Row): ReadRow | string {
  if (fault !== undefined) return fault;
  const value = jsonOf(bytes.toString('utf8'));
  if (!isJsonObject(value)) return 'The line is not a JSON object. Check its quotes, commas and brackets.';
  const trap = jsonTrapIn(value);
  if (trap !== undefined) return textOfTrap(trap, 'The line');
  const unknown = Object.keys(value).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    return `“${unknown.slice(0, 100)}” is unknown. A line can have ${NAMES.join(', ')}.`;
  const { email, userId, dataFields, mergeNestedObjects } = value;
  if (!isName(email) || !isName(userId)) return 'email and userId must be strings.';
  if ((mergeNestedObjects ?? false) !== Boolean(mergeNestedObjects))
    return 'mergeNestedObjects must be true or false.';
  const fields = dataFields ?? {};
  if (!isJsonObject(fields)) return 'dataFields must be an object.';
  const names = Object.keys(fields);
  if (names.length > MOST_FIELDS)
    return `A line can have at most ${MOST_FIELDS} fields. Put the others on another line.`;
  if (names.some((name) => name === '' || name.length > 256))
    return 'The name of a field has 1 to 256 characters.';
  return {
    ...(email && { email }),
    ...(userId && { userId }),
    dataFields: fields,
    ...(typeof mergeNestedObjects === 'boolean' && { mergeNestedObjects }),
  };
}

/**
 * The types of fields that the first line of a file may state, `{"fields": {"age": "long"}}`; undefined if that line is
 * a user. Throws `BadParams` for unknown types.
 */
export function typesIn({ bytes, fault }: Row): Record<string, ProfileFieldType> | undefined {
  const value = fault === undefined ? jsonOf(bytes.toString('utf8')) : undefined;
  if (!isJsonObject(value) || Object.keys(value).join() !== 'fields' || !isJsonObject(value.fields))
    return undefined;
  const types = Object.entries(value.fields);
  if (jsonTrapIn(value) !== undefined || types.length > MOST_FIELDS * 10)
    throw badTypes('These are too many, or cannot be stored.');
  for (const [name, type] of types) {
    if (name === '' || name.length > 256) throw badTypes('The name of a field has 1 to 256 characters.');
    if (!ProfileFieldType.safeParse(type).success) {
      throw badTypes(`The type of “${name}” is not one of ${ProfileFieldType.options.join(', ')}.`);
    }
  }
  return Object.fromEntries(types) as Record<string, ProfileFieldType>;
}

function badTypes(fault: string): ApiError {
  const message = `The first line states the types of fields. ${fault}`;
  return new ApiError('BadParams', message, { fields: message });
}

function isName(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}
