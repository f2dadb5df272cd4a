import { z } from 'zod';
import { isEmail } from '../../domain/users/email';
import { isUserId } from '../../domain/users/profile';
import { readUnixTime } from '../../domain/time/unix-time';
import { MAX_INT } from '../../db/connection/ids';

/* Schemas that several resources share. */

export const IdInPath = z.object({ id: z.coerce.number().int().positive().max(MAX_INT) });
/** An id of the caller's own choice, for those who move here. The counter must have room above it. */
export const ExplicitId = z.int().positive().max(2_000_000_000).optional();

export const IdInQuery = z.coerce.number().int().positive().max(MAX_INT).optional();

/** One id or several: `?id=3&id=5`. */
export const IdsInQuery = z
  .union([IdInQuery.unwrap(), z.array(IdInQuery.unwrap()).max(200)])
  .transform((ids) => [ids].flat())
  .optional()
  .describe('Only these, up to 200.');

export const EntryId = z.string().regex(/^ent_[0-9A-Za-z_-]{1,128}$/, 'An entry id begins with ent_.');
export const DeliveryId = z.string().regex(/^dlv_[0-9A-Za-z_-]{1,128}$/, 'A delivery id begins with dlv_.');
export const JobId = z.string().regex(/^job_[0-9A-Za-z_-]{1,128}$/, 'A job id begins with job_.');

export const TextInQuery = z.string().max(254);
export const EmailInQuery = TextInQuery.refine(isEmail, 'This is not an email address.');
export const UserIdInQuery = z.string().refine(isUserId, 'A userId has 1 to 52 printable characters.');

const TrueOrFalse = z.enum(['true', 'false']);

/** Yes only where it is said. */
export const YesOrNo = TrueOrFalse.default('false').transform((text) => text === 'true');

/** Left out, both: what is so, and what is not. */
export const YesNoOrBoth = TrueOrFalse.transform((text) => text === 'true').optional();

const FIRST_TIME = Date.parse('0001-01-01T00:00:00Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/** A time that a caller sends, of those that Postgres reads as they are written. */
export const Instant = z.iso
  .datetime({ offset: true, error: 'A time is ISO-8601, such as 2025-01-31T09:30:00Z.' })
  .refine(
    (time) => !(Date.parse(time) < FIRST_TIME || Date.parse(time) > LAST_TIME),
    'The year of a time is 1 to 9999, in UTC.',
  );

const UNIX_TIMES =
  'Seconds since the epoch, or milliseconds from 100000000000 on, up to the end of the year 9999.';

/** A moment in Iterable's calls, whose clients count seconds or milliseconds. Read as milliseconds. */
export const UnixTime = z
  .int()
  .min(0, UNIX_TIMES)
  .max(LAST_TIME, UNIX_TIMES)
  .transform(readUnixTime)
  .describe(`${UNIX_TIMES} Left out, now.`);

/** ISO-8601 UTC. */
export const Time = z.string().describe('ISO-8601, UTC');

export const Revision = z.int().describe('Grows with each write. The ETag is made of it.');

/** Fields that a read gives and a write may send back as they came; they are not changed by it. */
export const readOnly = z.unknown().optional().describe('Read-only: what is sent is ignored.');

/** Settings that work but are unwise, and what was corrected. */
export const Warnings = z.array(z.object({ field: z.string(), message: z.string() }));

/** An answer that is text, not JSON. The route has to set the type of its reply. */
export const plainText = (description: string) => ({
  description,
  content: { 'text/plain': { schema: z.string() } },
});
