import swagger, { type SwaggerTransform, type SwaggerTransformObject } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PAGE_POLICY } from './answer-headers';
import { withOpenWords } from './open-words';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A body that can be sent as it is, for the document. */
    example?: object;
  }
}

/** Collects the routes that are added after it: the document is at /api/openapi.json, its page at /docs. */
export function registerDocs(app: FastifyInstance, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Wayhook',
        version,
        description: 'Self-hosted journey webhooks on Temporal. Every error is {msg, code, params}.',
      },
      components: {
        securitySchemes: {
          ApiKey: { type: 'apiKey', in: 'header', name: 'Api-Key' },
          Session: { type: 'apiKey', in: 'cookie', name: 'wayhook_session' },
        },
      },
    },
    ...transforms(),
  });
  app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: PAGE_POLICY,
    theme: { title: 'Wayhook API', css: [{ filename: 'page.css', content: '.topbar { display: none }' }] },
  });
  app.register(async (open) => {
    open.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
}

/** What zod does not tell of a call's body. */
interface BodyNotes {
  required: boolean;
  example?: object;
}

/** From zod to the document, which also says which calls ask for a key or a body, and what a body looks like. */
function transforms(): { transform: SwaggerTransform; transformObject: SwaggerTransformObject } {
  const bodies = new Map<string | undefined, BodyNotes>();
  return {
    transform: ({ route, schema, ...rest }) => {
      const { scope, example } = route.config ?? {};
      const { operationId, body } = schema;
      if (body instanceof z.ZodType) {
        bodies.set(operationId, { required: !body.safeParse(undefined).success, example });
      }
      const { url, schema: closed } = jsonSchemaTransform({ route, schema, ...rest });
      const transformed = { ...closed, response: withOpenWords(closed.response) };
      if (scope === undefined) return { url, schema: transformed };
      return { url, schema: { ...transformed, security: [{ ApiKey: [] }, { Session: [] }] } };
    },
    transformObject: (document) => {
      const whole = jsonSchemaTransformObject(document);
      for (const { operationId, requestBody } of operationsOf(whole)) {
        const notes = bodies.get(operationId);
        if (requestBody === undefined || notes === undefined) continue;
        requestBody.required = notes.required;
        if (notes.example) requestBody.content['application/json'].example = notes.example;
      }
      return whole;
    },
  };
}

interface Operation {
  operationId?: string;
  requestBody?: { required: boolean; content: { 'application/json': { example?: object } } };
}

function operationsOf({ paths = {} }: { paths?: object }): Operation[] {
  return Object.values(paths).flatMap((path: Record<string, Operation>) => Object.values(path));
}
