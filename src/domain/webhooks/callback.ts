import { z } from 'zod';

export const CallbackStatus = z.enum(['success', 'failure']);
export type CallbackStatus = z.infer<typeof CallbackStatus>;

/** What an endpoint sends to the address that it was given (docs/callbacks.md). */
export const Callback = z.strictObject({
  status: CallbackStatus,
  data: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Read as callbacks.<tile id> by the tiles that follow.'),
});
export type Callback = z.infer<typeof Callback>;

/** Carries the address to an endpoint. */
export const CALLBACK_HEADER = 'wayhook-callback-url';

/** The path of the address, before its token. */
export const CALLBACK_PATH = '/callbacks/';

/** The ways out of a wait for a callback, in the order of their positions in the signal that ends it. */
export const CALLBACK_ARMS: readonly CallbackStatus[] = ['success', 'failure'];
