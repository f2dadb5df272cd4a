import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Dispatcher } from 'undici';
import type { Database } from '../db/connection/client';
import type { OutboxItem } from '../db/outbox';
import type { Sealer } from '../db/secrets/seal';
import type { IdentityProvider } from '../identity/provider';
import type { Simulator } from '../simulation/simulator';
import type { Verdict } from '../temporal/rate-limit-probe';
import type { Listening } from './http/foreign-requests';

/** What the HTTP API needs from the rest of the program. */
export interface AppDeps {
  db: Database;
  /** The id of the key that the settings name, if they do. */
  environmentKeyId: number | undefined;
  sealer: Sealer;
  /** The guarded agent: tests of webhooks go through it. */
  agent: Dispatcher;
  /** Hands what was accepted to the dispatcher. Never throws: the outbox has it in any case. */
  enqueue: (item: OutboxItem) => void;
  /** Whether the two things that this process depends on answer. */
  ready: () => Promise<{ database: boolean; temporal: boolean }>;
  /** Whether rate limits hold. Throws a `ApiError('Unavailable')` when Temporal cannot be asked. */
  rateLimits: () => Promise<Verdict>;
  simulator: Pick<Simulator, 'simulate'>;
  /** Lets Temporal's schedules follow the journeys at once. Never throws: they are compared in any case. */
  nudgeSchedules: () => void;
  /** Has the pages of jobs done at once. Never throws: they are done in any case. */
  nudgeJobs: () => void;
  temporalUi: { namespace: string; url: (workflowId: string, runId: string | null) => string | null };
  listening: Listening;
  logger: FastifyBaseLogger;
  version: string;
  /** Where people may sign in beside here, if the settings name it. */
  oidc?: IdentityProvider;
  /** Where the built console lies; undefined without one. */
  consoleFolder?: string;
  /** Whether the built-in inbox records requests. */
  inbox: boolean;
}

/** Where routes are added: one zod schema a route gives validation, types and OpenAPI. */
export type Api = FastifyInstance<
  Server,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;
