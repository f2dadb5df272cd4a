import type { FastifyRequest } from 'fastify';
import type { Author } from '../../domain/audit';
import type { AppDeps } from '../deps';

/** What the work of one request needs. */
export type RequestDeps = AppDeps & { author: Author };

/** The same deps for the work of one request, whose changes the audit log has under its caller's name. */
export function forRequest(deps: AppDeps, { id: requestId, caller: { actor } }: FastifyRequest): RequestDeps {
  return { ...deps, author: { actor, requestId } };
}
