import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { consolePolicy } from '../http/answer-headers';
import type { AnswerPage } from '../http/unknown-routes';

/** What the build writes into the page where its nonce belongs. */
const NONCE = /__NONCE__/g;

/** Paths whose answers are for programs, or of other pages, also when a browser asks. */
const OTHERS = /^\/(api|callbacks|docs|healthz|inbox|metrics|readyz)(\/|$)/;

const YEAR_S = 365 * 24 * 60 * 60;

/** The console that was built into a folder: every screen is one page, whose address says which. */
export function createConsolePage(folder: string): AnswerPage {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  return (request, reply) => {
    const path = request.url.split('?')[0]!;
    if (request.method !== 'GET' || OTHERS.test(path) || !asksForPage(request)) return false;
    const nonce = randomBytes(16).toString('base64');
    reply
      .header('content-security-policy', consolePolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replace(NONCE, nonce));
    return true;
  };
}

function asksForPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('text/html');
}

/** Its scripts, styles and pictures. Their names change with their content, so a browser asks once. */
export function consoleAssets(app: FastifyInstance, folder: string): void {
  app.register(fastifyStatic, {
    root: folder,
    ...{ preCompressed: true, index: false, wildcard: false, decorateReply: false, schemaHide: true },
    globIgnore: ['index.html', '**/*.{br,gz}'],
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        path.includes('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      );
    },
  });
}
