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

/** The pages that do not ask who is signed in. */
const SIGNING_IN = /^\/(sign-in|welcome)$/;

/** Who is signed in, which every other page asks first: its script finds the answer there. */
const SESSION = '<link rel="preload" as="fetch" crossorigin href="/api/session">';

const YEAR_S = 365 * 24 * 60 * 60;

/** What the build writes at the end of the head. */
const HEAD_END = '</head>';

/** The paths of pages, such as `/webhooks/$id`, and the files that each begins with, which the build writes. */
const PRELOADS = 'preloads.json';

/** The console that was built into a folder: every screen is one page, whose address says which. */
export function createConsolePage(folder: string): AnswerPage {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const preloadsOf = readPreloads(folder);
  return (request, reply) => {
    const path = request.url.split('?')[0]!;
    if (request.method !== 'GET' || OTHERS.test(path) || !asksForPage(request)) return false;
    const nonce = randomBytes(16).toString('base64');
    reply
      .header('content-security-policy', consolePolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replace(HEAD_END, preloadsOf(path) + HEAD_END).replace(NONCE, nonce));
    return true;
  };
}

/**
 * Reads the links that make a browser load what the page at a path begins with beside the first script. Without them it
 * would hear of each from the one before.
 */
function readPreloads(folder: string): (path: string) => string {
  const pages = JSON.parse(readFileSync(join(folder, PRELOADS), 'utf8')) as Record<string, string[]>;
  const known = Object.entries(pages).map(([pattern, files]) => ({
    path: new RegExp(`^${pattern.replaceAll(/\$\w+/g, '[^/]+')}/?$`),
    links: (SIGNING_IN.test(pattern) ? '' : SESSION) + files.map(linkTo).join(''),
  }));
  return (path) => known.find((page) => page.path.test(path))?.links ?? '';
}

function linkTo(file: string): string {
  const kind = file.endsWith('.css') ? 'stylesheet' : 'modulepreload';
  return `<link rel="${kind}" crossorigin href="/${file}">`;
}

function asksForPage({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('text/html');
}

/** Its scripts, styles and pictures. Their names change with their content, so a browser asks once. */
export function consoleAssets(app: FastifyInstance, folder: string): void {
  app.register(fastifyStatic, {
    root: folder,
    ...{ preCompressed: true, index: false, wildcard: false, decorateReply: false, schemaHide: true },
    globIgnore: ['index.html', PRELOADS, '**/*.{br,gz}'],
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header(
        'cache-control',
        path.includes('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
      );
    },
  });
}
