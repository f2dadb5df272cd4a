import swagger, { type SwaggerTransform, type SwaggerTransformObject } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';

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
      components: { securitySchemes: { ApiKey: { type: 'apiKey', in: 'header', name: 'Api-Key' } } },
    },
    ...transforms(),
  });
  app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Wayhook API', css: [{ filename: 'page.css', content: '.topbar { display: none }' }] },
  });
  app.register(async (open) => {
    open.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
}

/** From zod to the document, which also says which calls ask for a key and which need no body. */
function transforms(): { transform: SwaggerTransform; transformObject: SwaggerTransformObject } {
  const bodyless = new Set<string | undefined>();
  return {
    transform: ({ route, schema, ...rest }) => {
      if (schema.body instanceof z.ZodType && schema.body.safeParse(undefined).success) {
        bodyless.add(schema.operationId);
      }
      const transformed = jsonSchemaTransform({ route, schema, ...rest });
      if (route.config?.scope === undefined) return transformed;
      return { ...transformed, schema: { ...transformed.schema, security: [{ ApiKey: [] }] } };
    },
    transformObject: (document) => {
      const whole = jsonSchemaTransformObject(document);
      for (const { operationId, requestBody } of operationsOf(whole)) {
        if (requestBody !== undefined && bodyless.has(operationId))
          Object.assign(requestBody, { required: false });
      }
      return whole;
    },
  };
}

interface Operation {
  operationId?: string;
  requestBody?: object;
}

function operationsOf({ paths = {} }: { paths?: object }): Operation[] {
  return Object.values(paths).flatMap((path: Record<string, Operation>) => Object.values(path));
}
