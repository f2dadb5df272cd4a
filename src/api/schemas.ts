import { z } from 'zod';
import { isEmail, isUserId } from '../domain/profile';
import { MAX_INT } from './paging';

/* Pieces that several resources' schemas are made of. */

export const IdInPath = z.object({ id: z.coerce.number().int().positive().max(MAX_INT) });
/** An id of the caller's own choice, for those who move here. The counter must have room above it. */
export const WantedId = z.int().positive().max(2_000_000_000).optional();

export const IdInQuery = z.coerce.number().int().positive().max(MAX_INT).optional();

export const EntryId = z.string().regex(/^ent_[0-9A-Za-z_-]{1,128}$/, 'An entry id begins with ent_.');
export const DeliveryId = z.string().regex(/^dlv_[0-9A-Za-z_-]{1,128}$/, 'A delivery id begins with dlv_.');
export const JobId = z.string().regex(/^job_[0-9A-Za-z_-]{1,128}$/, 'A job id begins with job_.');

export const TextInQuery = z.string().max(254);
export const EmailInQuery = TextInQuery.refine(isEmail, 'This is not an email address.');
export const UserIdInQuery = z.string().refine(isUserId, 'A userId has 1 to 52 printable characters.');

/** Yes only where it is said. */
export const YesOrNo = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');

/** ISO-8601 UTC. */
export const Time = z.string().describe('ISO-8601, UTC');

/** Fields that a read gives and a write may send back as they came; they are not changed by it. */
export const readOnly = z.unknown().optional().describe('Read-only: what is sent is ignored.');

/** An answer that is text, not JSON. The route has to set the type of its reply. */
export const plainText = (description: string) => ({
  description,
  content: { 'text/plain': { schema: z.string() } },
});
