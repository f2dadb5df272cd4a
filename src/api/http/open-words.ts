import type { FastifySerializerCompiler } from 'fastify/types/schema';
import { ResponseSerializationError } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Log } from '../../background/log';
import { writeJson } from '../../domain/lossless-json';

/*
 * Answers with words of closed lists. The tables may hold a word that this version does not know: of a newer one, before
 * a downgrade, or one that somebody put there. It is answered as it is; no row that is stored makes its reads fail.
 */

/** The most words that are remembered as logged. */
const MOST_LOGGED = 1_000;

/** Writes an answer as its schema has it, with each digit of its numbers. An unknown word is logged once. */
export function serializeWithOpenWords(log: Log): FastifySerializerCompiler<z.ZodType> {
  const logged = new Set<string>();
  return ({ schema, method, url }) =>
    (data) => {
      const encoded = encode(schema, data);
      if ('cause' in encoded) throw new ResponseSerializationError(method, url, encoded);
      const { answer, unknown } = encoded;
      for (const { path, word } of unknown) {
        const field = path.filter((step) => typeof step === 'string').join('.');
        const key = [url, field, word].join(' ');
        if (logged.has(key) || logged.size >= MOST_LOGGED) continue;
        logged.add(key);
        log.warn({ method, route: url, field, word }, 'answered a word that this version does not know');
      }
      return writeJson(answer);
    };
}

type Path = PropertyKey[];

interface UnknownWord {
  path: Path;
  word: string;
  /** One that the schema allows in its place. */
  allowed: unknown;
}

/** What a schema makes of an answer, with the unknown words in it; or what else is wrong. */
function encode(
  schema: z.ZodType,
  data: unknown,
): { answer: unknown; unknown: UnknownWord[] } | { cause: z.ZodError } {
  const result = z.safeEncode(schema, data);
  if (result.success) return { answer: result.data, unknown: [] };
  const unknown = unknownWordsIn(result.error.issues, data);
  if (unknown === undefined) return { cause: result.error };
  const known = unknown.reduce((value, { path, allowed }) => withValueAt(value, path, allowed), data);
  const allowed = z.safeEncode(schema, known);
  if (!allowed.success) return { cause: allowed.error };
  const answer = unknown.reduce((value, { path, word }) => withValueAt(value, path, word), allowed.data);
  return { answer, unknown };
}

type Issue = z.core.$ZodIssue;

/** The unknown words behind these issues; undefined where anything else is wrong too. */
function unknownWordsIn(issues: Issue[], data: unknown, above: Path = []): UnknownWord[] | undefined {
  const found: UnknownWord[] = [];
  for (const issue of issues) {
    const words = unknownWordsOf(issue, data, [...above, ...issue.path]);
    if (words === undefined) return undefined;
    found.push(...words);
  }
  return found;
}

function unknownWordsOf(issue: Issue, data: unknown, path: Path): UnknownWord[] | undefined {
  if (issue.code === 'invalid_value') {
    const word = valueAt(data, path);
    return typeof word === 'string' ? [{ path, word, allowed: issue.values[0] }] : undefined;
  }
  if (issue.code !== 'invalid_union') return undefined;
  const ways = issue.errors.map((issues) => unknownWordsIn(issues as Issue[], data, path));
  return ways.find((words) => words !== undefined);
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown>)[step], data);
}

/** A copy with another value at a path. */
function withValueAt(data: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  const inner = withValueAt((data as Record<PropertyKey, unknown>)[step], rest, value);
  if (Array.isArray(data)) return data.map((item: unknown, index) => (index === step ? inner : item));
  return { ...(data as object), [step]: inner };
}

/** The same for the OpenAPI document: a list of words in an answer is not closed. */
export function withOpenWords(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withOpenWords);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { enum: words, ...others } = schema as { enum?: unknown };
  if (!Array.isArray(words)) {
    return Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, withOpenWords(part)]));
  }
  const { type, ...notes } = others as { type?: unknown };
  return { ...notes, anyOf: [{ type, enum: words as unknown[] }, { type: 'string' }] };
}
