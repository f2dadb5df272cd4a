import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../../domain/errors';
import { answerError } from './errors';

/** Answers an address that is a page's, not a call's; false for any other request. */
export type AnswerPage = (request: FastifyRequest, reply: FastifyReply) => boolean;

interface KnownPath {
  pattern: RegExp;
  methods: string[];
}

/**
 * Answers what no route takes: 405 where the path takes other methods, which `Allow` names, else 404. To be
 * registered before the routes and their hooks: a method that is not taken asks for no key and reads no body. A page's
 * address is no route, and is answered by `answerPage`.
 */
export function registerUnknownRoutes(app: FastifyInstance, answerPage: AnswerPage = () => false): void {
  const paths = new Map<string, KnownPath>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? { pattern: patternOf(url), methods: [] };
    paths.set(url, { ...known, methods: [...known.methods, method].flat() });
  });
  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request.url);
    if (request.routeOptions.url === path) return;
    // A path that is written out is no id of the route beside it: /lists/subscribe is not /lists/:id.
    const allowed = paths.get(path)?.methods ?? (request.is404 ? methodsOf(paths, path) : []);
    if (allowed.length === 0 || allowed.includes(request.method)) return;
    reply.header('allow', allowed.join(', '));
    throw new ApiError(
      'MethodNotAllowed',
      `This path does not take ${request.method}, but ${allowed.join(', ')}. /docs lists every call.`,
    );
  });
  app.setNotFoundHandler((request, reply) => {
    if (answerPage(request, reply)) return reply;
    const message = `There is no ${request.method} ${pathOf(request.url)}. /docs lists every call.`;
    return answerError(new ApiError('NotFound', message), request, reply);
  });
}

function methodsOf(paths: Map<string, KnownPath>, path: string): string[] {
  const fitting = [...paths.values()].filter(({ pattern }) => pattern.test(path));
  return [...new Set(fitting.flatMap(({ methods }) => methods))];
}

function pathOf(url: string): string {
  return url.split('?')[0]!;
}

/** `/api/users/:email` as what matches `/api/users/ada%40example.com`. */
function patternOf(url: string): RegExp {
  const quoted = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${quoted.replace(/\*/g, '.*').replace(/:\w+/g, '[^/]*')}$`);
}
