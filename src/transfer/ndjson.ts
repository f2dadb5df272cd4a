import { ApiError } from '../domain/errors';
import { jsonTrapIn, textOfTrap } from '../domain/json';
import { MOST_FIELDS, ProfileFieldType } from '../domain/users/profile';
import type { Row } from './rows';
import { jsonOf, type ReadRow } from './values';

const NAMES = ['email', 'userId', 'dataFields', 'mergeNestedObjects'];

/** Reads a line `{"email": …, "userId": …, "dataFields": {…}}`. Returns the reason when it cannot be read. */
export function readLine({ bytes, fault }: Row): ReadRow | string {
  if (fault !== undefined) return fault;
  const value = jsonOf(bytes.toString('utf8'));
  if (!isObject(value)) return 'The line is no JSON object. Check its quotes, commas and brackets.';
  const trap = jsonTrapIn(value);
  if (trap !== undefined) return textOfTrap(trap, 'The line');
  const unknown = Object.keys(value).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) return `There is no “${unknown.slice(0, 100)}”. A line has ${NAMES.join(', ')}.`;
  const { email, userId, dataFields, mergeNestedObjects } = value;
  if (!isName(email) || !isName(userId)) return 'email and userId are texts.';
  if ((mergeNestedObjects ?? false) !== Boolean(mergeNestedObjects))
    return 'mergeNestedObjects is true or false.';
  const fields = dataFields ?? {};
  if (!isObject(fields)) return 'dataFields is an object.';
  const names = Object.keys(fields);
  if (names.length > MOST_FIELDS)
    return `One line writes at most ${MOST_FIELDS} fields. Send the others in another.`;
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
 * The types of fields that the first line of a file may give, `{"fields": {"age": "long"}}`; undefined where that line
 * is a user. Throws `BadParams` for unknown types.
 */
export function typesIn({ bytes, fault }: Row): Record<string, ProfileFieldType> | undefined {
  const value = fault === undefined ? jsonOf(bytes.toString('utf8')) : undefined;
  if (!isObject(value) || Object.keys(value).join() !== 'fields' || !isObject(value.fields)) return undefined;
  const types = Object.entries(value.fields);
  if (jsonTrapIn(value) !== undefined || types.length > MOST_FIELDS * 10)
    throw badTypes('They cannot be used.');
  for (const [name, type] of types) {
    if (name === '' || name.length > 256) throw badTypes('The name of a field has 1 to 256 characters.');
    if (!ProfileFieldType.safeParse(type).success) {
      throw badTypes(`“${name}” has none of the types ${ProfileFieldType.options.join(', ')}.`);
    }
  }
  return Object.fromEntries(types) as Record<string, ProfileFieldType>;
}

function badTypes(fault: string): ApiError {
  const message = `The first line says the types of fields. ${fault}`;
  return new ApiError('BadParams', message, { fields: message });
}

function isName(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === 'string';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
