import { z } from 'zod';
import type { Api, AppDeps } from '../deps';

const Readiness = z.object({ database: z.boolean(), temporal: z.boolean() });

/** For whoever runs the process: no key. */
export function healthRoutes(app: Api, { ready }: AppDeps): void {
  app.route({
    method: 'GET',
    url: '/healthz',
    schema: {
      operationId: 'health',
      summary: 'Liveness',
      description: 'Answers as long as the process lives.',
      tags: ['Health'],
      response: { 200: z.object({ status: z.literal('ok') }) },
    },
    handler: async () => ({ status: 'ok' as const }),
  });
  app.route({
    method: 'GET',
    url: '/readyz',
    schema: {
      operationId: 'readiness',
      summary: 'Readiness',
      description: 'Whether the database and Temporal answer; 503 when one of them does not.',
      tags: ['Health'],
      response: { 200: Readiness, 503: Readiness },
    },
    handler: async (_request, reply) => {
      const state = await ready();
      return reply.code(state.database && state.temporal ? 200 : 503).send(state);
    },
  });
}
