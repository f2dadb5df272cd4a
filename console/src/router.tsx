import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter, redirect } from '@tanstack/react-router';
import { journeyRoutes } from './pages/journeys/routes';
import { signingInRoutes } from './pages/signing-in/routes';
import { webhookRoutes } from './pages/webhooks/routes';
import { root, shell } from './shell/routes';
import { Failure } from './ui/failure';

/*
 * Where every page is. Each folder of pages has a `routes.ts`: their paths, and what of their state stands in the
 * address. Each page is loaded when it is first opened.
 */

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/webhooks' });
  },
});

const routeTree = root.addChildren([
  ...signingInRoutes,
  shell.addChildren([home, ...journeyRoutes, ...webhookRoutes]),
]);

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    // What no page names is dropped from an address, and reaches none.
    search: { strict: true },
    defaultPreload: 'intent',
    defaultPendingMs: 200,
    defaultErrorComponent: ({ error, reset }) => <Failure error={error} onRetry={reset} />,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
