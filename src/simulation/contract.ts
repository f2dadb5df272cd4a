import type { EntryStatus, Reason, Skip } from '../domain/entry';
import type { JourneyDefinition } from '../domain/journeys/journey';
import type { PathStep } from '../domain/journeys/reports/path';
import type { Profile, ProfileFieldType } from '../domain/users/profile';
import type { Callback } from '../domain/webhooks/callback';
import type { ConsentAction } from '../domain/webhooks/inline-webhook';
import type { StoredWebhook } from '../domain/webhooks/webhook';
import type { EventKind } from '../db/schema';

/* What a simulation is given and what it answers, as JSON. Times are in ms since the epoch. No secret is among it. */

/** All that a simulation knows: it reads nothing of the real database. */
export interface SimulatedWorld {
  journeyId: number;
  definition: JourneyDefinition;
  webhooks: { id: number; name: string; definition: StoredWebhook }[];
  lists: { id: number; name: string }[];
  profileFields: Record<string, ProfileFieldType>;
  users: SimulatedUser[];
  startAt: number;
  /** Who is still in the journey then stays there. */
  until: number;
  /** By tile: what its endpoint answers to one user, in turn. */
  responses: Record<string, ScriptedAnswer[]>;
  /** By A/B split: the branch of all users. */
  branches: Record<string, string>;
  /** The key of the HMAC helpers in templates, which changes what they render. */
  hmacKey: string;
}

export interface SimulatedUser {
  /** Of the real user, where there is one; absent, a new one. */
  id?: number;
  email?: string;
  userId?: string;
  profile: Profile;
  tags: string[];
  listIds: number[];
  consents: { category: string; action: ConsentAction }[];
  /** Those of A/B splits that they are assigned to already. */
  branches: { key: string; branch: string }[];
  /** What they did before. */
  past: DoneEvent[];
  /** The trigger data. */
  dataFields: Record<string, unknown>;
  /** What they do during the simulation. */
  events: DoneEvent[];
  /** By tile: how its endpoint calls back. */
  callbacks: Record<string, ScriptedCall>;
}

export interface ScriptedCall extends Callback {
  /** How long after its answer the endpoint calls. */
  afterMs: number;
}

export interface DoneEvent {
  at: number;
  kind: EventKind;
  name: string;
  dataFields: Record<string, unknown>;
}

export interface ScriptedAnswer {
  status: number;
  headers?: Record<string, string>;
  /** Text, or JSON. */
  body?: unknown;
  /** How long the endpoint takes. */
  afterMs?: number;
}

/** How a user fared at the entry. */
export type Entered = { entryId: string } | { skipped: Skip };

export interface SimulationResult {
  /** The passage that began at the start. */
  users: (SimulatedPassage & {
    /** Those that what happened meanwhile began, or would have but for a limit or a condition. */
    later: LaterPassage[];
  })[];
  /** The tiles that no user reached, in the order of the journey. */
  uncovered: string[];
  /** The ways that no user took, of tiles with several. */
  untaken: { tileId: string; way: string }[];
}

export interface LaterPassage extends SimulatedPassage {
  /** When the user entered, or was not let in. */
  at: string;
}

export interface SimulatedPassage {
  /** `skipped`: the user did not enter; `reason` says why. `running`: still in the journey at the end. */
  outcome: Exclude<EntryStatus, 'accepted'> | 'skipped';
  reason?: Reason | Skip;
  detail?: string;
  endedAt: string | null;
  path: SimulatedStep[];
  requests: SimulatedRequest[];
}

/** As of an entry's path. */
export interface SimulatedStep extends Omit<PathStep, 'at'> {
  at: string;
}

export interface SimulatedRequest {
  tileId: string;
  attempt: number;
  at: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Null where there was no answer. */
  status: number | null;
}
