/* The import table of the layout, enforced: each room may import values only from what is listed for it. */
const NODE =
  '^(node:|assert|crypto|dns|fs|http|https|net|os|path|stream|tls|url|util|events|buffer|timers|worker_threads|perf_hooks|zlib)';
const pkg = (...names) => names.map((name) => `node_modules/${name}(/|$)`);
const part = (...names) => names.map((name) => `^src/${name}(/|\\.ts$)`);

/** Values from anywhere but `allowed` are refused in `src/<room>`; types are free. */
const only = (room, allowed) => ({
  name: `${room}-imports`,
  comment: `src/${room} may import values only from: ${allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { pathNot: [...part(room), ...allowed], dependencyTypesNot: ['type-only', 'type-import'] },
});

module.exports = {
  forbidden: [
    only('domain', pkg('zod', 'lossless-json', 'lru-cache', 're2js', 'temporal-polyfill')),
    only('template', [...part('domain'), ...pkg('handlebars', 'lru-cache', 'cldr-core'), NODE]),
    only('webhook', [...part('domain', 'template'), ...pkg('undici', 'ipaddr\\.js', 'lru-cache'), NODE]),
    only('identity', pkg('openid-client')),
    only('transfer', [...part('domain'), ...pkg('csv-parse'), NODE]),
    only('db', [...part('domain'), ...pkg('drizzle-orm', 'pg', '@electric-sql/pglite'), NODE]),
    only('usecases', [
      ...part('domain', 'db', 'template', 'webhook'),
      ...pkg('lru-cache', '@node-rs/argon2'),
      NODE,
    ]),
    only('workflows', ['^src/domain/retry-policy\\.ts$', ...pkg('@temporalio/workflow')]),
    {
      name: 'retry-policy-imports-nothing',
      comment: 'Workflow code imports this file: whatever it imports would enter the bundle',
      severity: 'error',
      from: { path: '^src/domain/retry-policy\\.ts$' },
      to: {},
    },
    {
      name: 'payload-converter-imports-little',
      comment: 'It is in the bundle with the workflow code: whatever it imports enters the bundle',
      severity: 'error',
      from: { path: '^src/temporal/payload-converter\\.ts$' },
      to: { pathNot: [...pkg('@temporalio/common'), '^src/domain/lossless-json\\.ts$'] },
    },
    {
      name: 'lossless-json-imports-only-its-library',
      comment: 'It is in the bundle with the workflow code: whatever it imports enters the bundle',
      severity: 'error',
      from: { path: '^src/domain/lossless-json\\.ts$' },
      to: { pathNot: pkg('lossless-json') },
    },
    only('activities', [
      ...part('domain', 'webhook', 'template', 'db', 'usecases'),
      ...pkg('@temporalio/activity', 'lru-cache'),
      NODE,
    ]),
    only('simulation', [
      ...part('domain', 'db', 'webhook', 'usecases', 'activities', 'temporal'),
      '^src/workflows/messages\\.ts$',
      ...pkg('@temporalio/activity', '@temporalio/common', '@temporalio/worker', 'drizzle-orm'),
      NODE,
      '^(node:)?vm$',
    ]),
    only('temporal', [
      ...part('domain'),
      '^src/workflows/messages\\.ts$',
      ...pkg('@temporalio/client', '@temporalio/common'),
      NODE,
    ]),
    only('background', [...part('domain', 'db', 'usecases', 'temporal', 'transfer'), NODE]),
    only('api', [
      ...part('domain', 'db', 'usecases', 'webhook', 'template', 'background', 'temporal', 'transfer'),
      ...pkg(
        'fastify',
        'fastify-type-provider-zod',
        '@fastify/swagger',
        '@fastify/swagger-ui',
        '@fastify/static',
        'zod',
        'lru-cache',
      ),
      NODE,
    ]),
    {
      name: 'only-temporal-uses-its-client',
      comment: 'One room makes Temporal clients: src/temporal',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/temporal/' },
      to: {
        path: pkg('@temporalio/client'),
        dependencyTypesNot: ['type-only', 'type-import'],
      },
    },
    {
      name: 'only-programs-read-the-configuration',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: '^src/(config|main|server|worker)\\.ts$|^src/(runtime|local|commands)/',
      },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only', 'type-import'] },
    },
    {
      name: 'console-imports-nothing-of-the-server',
      comment: 'It knows the server by its HTTP API alone, and its types by the OpenAPI document',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^(src|test|bench)/' },
    },
    {
      name: 'nothing-imports-the-console',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^console/' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only', 'type-import'] },
    },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
