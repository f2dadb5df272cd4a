import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';

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
    transform: ({ route, ...rest }) => {
      const { schema, url } = jsonSchemaTransform({ route, ...rest });
      const scope = route.config?.scope;
      return { url, schema: scope === undefined ? schema : { ...schema, security: [{ ApiKey: [] }] } };
    },
  });
  app.register(swaggerUi, {
    routePrefix: '/docs',
    theme: { title: 'Wayhook API', css: [{ filename: 'page.css', content: '.topbar { display: none }' }] },
  });
  app.register(async (open) => {
    open.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger());
  });
}
