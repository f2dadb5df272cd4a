import { z } from 'zod';
import type { Scope } from '../api-key';
import { foldedEmail, invisibleFault, isEmail } from '../users/email';

/** What people of each role may do, in the scopes of API keys. */
export const ROLE_SCOPES = {
  viewer: ['read'],
  marketer: ['read', 'journeys', 'trigger'],
  integrator: ['read', 'journeys', 'trigger', 'integrations'],
  admin: ['admin'],
} as const satisfies Record<string, Scope[]>;

export const Role = z.enum(Object.keys(ROLE_SCOPES) as [Role, ...Role[]]);
export type Role = keyof typeof ROLE_SCOPES;

/** A role of a later version may do nothing. */
export function scopesOf(role: string): readonly Scope[] {
  return Object.hasOwn(ROLE_SCOPES, role) ? ROLE_SCOPES[role as Role] : [];
}

/** Whether scopes include *Manage Integrations*: who may see and change webhooks (B075). */
export function managesIntegrations(scopes: readonly Scope[]): boolean {
  return scopes.includes('integrations') || scopes.includes('admin');
}

/** As it is compared and stored. */
export const PersonEmail = z
  .string()
  .trim()
  .refine(isEmail, { error: ({ input }) => invisibleFault(String(input)) ?? 'This is not an email address.' })
  .transform(foldedEmail);

export const PersonName = z.string().trim().min(1, 'A person needs a name.').max(200);

/** A person as an administrator describes them. */
export const PersonInput = z.strictObject({ email: PersonEmail, name: PersonName, role: Role });
export type PersonInput = z.infer<typeof PersonInput>;
