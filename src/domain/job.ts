import { z } from 'zod';

/** `queued` before its first page; `completed` and `failed` are for good. */
export const JobState = z.enum(['queued', 'running', 'completed', 'failed']);
export type JobState = z.infer<typeof JobState>;
