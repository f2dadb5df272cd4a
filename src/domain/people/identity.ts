/** Whom an identity provider knows: the subject is its own, and never another's. */
export interface Identified {
  issuer: string;
  subject: string;
}

/** Why somebody whom the provider knows is not signed in. */
export const REFUSALS = ['unknown', 'unverified', 'taken'] as const;
export type Refusal = (typeof REFUSALS)[number];
