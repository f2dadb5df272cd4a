import { z } from 'zod';

/** Ids fit Postgres's integer type. */
export const ListId = z.int().positive().max(2_147_483_647);
export const JourneyId = z.int().positive().max(2_147_483_647);
