import { z } from 'zod';

/** What a key may do; `admin` may do everything, `read` reads every resource. */
export const Scope = z.enum(['trigger', 'journeys', 'integrations', 'read', 'admin']);
export type Scope = z.infer<typeof Scope>;

/** An API key as a caller asks for it. */
export const ApiKeyInput = z.strictObject({
  name: z.string().trim().min(1, 'An API key needs a name.').max(200),
  scopes: z
    .array(Scope)
    .min(1, 'An API key needs a scope.')
    .refine((scopes) => new Set(scopes).size === scopes.length, 'A scope is listed twice.'),
});
export type ApiKeyInput = z.infer<typeof ApiKeyInput>;
