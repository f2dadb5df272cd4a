import { z } from 'zod';

/** `queued` until its first page starts; `completed` and `failed` are final. */
export const JobState = z.enum(['queued', 'running', 'completed', 'failed']);
export type JobState = z.infer<typeof JobState>;

/** What a job is about, for people; it stays when the job ends. */
export interface JobAbout {
  journeyId?: number;
  listId?: number;
  tileId?: string;
  webhookId?: number;
  fileName?: string;
}
