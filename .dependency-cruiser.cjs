/* The import table of the layout, enforced: each folder may import values only from what is listed for it. */
const NODE =
  '^(node:|assert|crypto|dns|fs|http|https|net|os|path|stream|tls|url|util|events|buffer|timers|worker_threads|perf_hooks)';
const pkg = (...names) => names.map((name) => `node_modules/${name}(/|$)`);
const part = (...names) => names.map((name) => `^src/${name}(/|\\.ts$)`);

/** Values from anywhere but `allowed` are refused in `from`; types are free. */
const only = (name, from, allowed) => ({
  name: `${name}-imports`,
  comment: `src/${name} may import values only from: ${allowed.join(', ')}`,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed, dependencyTypesNot: ['type-only', 'type-import'] },
});

module.exports = {
  forbidden: [
    only('domain', '^src/domain/', [...part('domain'), ...pkg('zod', 'lru-cache', 're2js')]),
    only('webhook', '^src/webhook/', [
      ...part('domain', 'webhook'),
      ...pkg('handlebars', 'undici', 'ipaddr\\.js', 'lru-cache'),
      NODE,
    ]),
    only('db', '^src/db/', [
      ...part('domain', 'db'),
      ...pkg('drizzle-orm', 'pg', '@electric-sql/pglite'),
      NODE,
    ]),
    only('workflows', '^src/workflows/', [...part('workflows'), ...pkg('@temporalio/workflow')]),
    only('activities', '^src/activities/', [
      ...part('domain', 'webhook', 'db', 'activities'),
      ...pkg('@temporalio/activity', 'lru-cache'),
      NODE,
    ]),
    only('transfer', '^src/transfer/', [...part('domain', 'transfer'), ...pkg('csv-parse'), NODE]),
    only('dispatch', '^src/dispatch/', [...part('domain', 'db', 'temporal', 'transfer', 'dispatch'), NODE]),
    only('commands', '^src/commands/', [...part('config', 'transfer', 'commands'), ...pkg('undici'), NODE]),
    only('temporal.ts', '^src/temporal(-attributes|-schedules)?\\.ts$', [
      ...pkg('@temporalio/client', '@temporalio/common'),
      '^src/workflows/messages\\.ts$',
      '^src/temporal-(attributes|schedules)\\.ts$',
      '^src/domain/schedule\\.ts$',
    ]),
    only('api', '^src/api/', [
      ...part('domain', 'db', 'dispatch', 'temporal', 'webhook', 'transfer', 'api'),
      ...pkg(
        'fastify',
        'fastify-type-provider-zod',
        '@fastify/swagger',
        '@fastify/swagger-ui',
        'zod',
        'lru-cache',
      ),
      NODE,
    ]),
    {
      name: 'only-config-reads-the-environment',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot:
          '^src/(config|main|server|worker|migrate|probe-limits|import|export)\\.ts$|^src/(parts|embedded|commands)/',
      },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only', 'type-import'] },
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
