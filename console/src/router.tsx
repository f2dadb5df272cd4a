import type { QueryClient } from '@tanstack/react-query';
import { createRouter, type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { deliveryRoutes } from './pages/deliveries/routes';
import { entryRoutes } from './pages/entries/routes';
import { eventWebhookRoutes } from './pages/event-webhooks/routes';
import { inboxRoutes } from './pages/inbox/routes';
import { jobRoutes } from './pages/jobs/routes';
import { journeyRoutes } from './pages/journeys/routes';
import { listRoutes } from './pages/lists/routes';
import { notificationRoutes } from './pages/notifications/routes';
import { overviewRoutes } from './pages/overview/routes';
import { settingsRoutes } from './pages/settings/routes';
import { signingInRoutes } from './pages/signing-in/routes';
import { startRoutes } from './pages/start/routes';
import { userRoutes } from './pages/users/routes';
import { webhookRoutes } from './pages/webhooks/routes';
import { root, shell } from './shell/routes';
import { Failure } from './ui/feedback/failure';
import { parseSearch, stringifySearch } from './words/search';

/*
 * Where every page is. Each folder of pages has a `routes.ts`: their paths, and what of their state stands in the
 * address. Each page is loaded when it is first opened.
 */

const routeTree = root.addChildren([
  ...signingInRoutes,
  shell.addChildren([
    ...journeyRoutes,
    ...webhookRoutes,
    ...eventWebhookRoutes,
    ...inboxRoutes,
    ...userRoutes,
    ...listRoutes,
    ...jobRoutes,
    ...overviewRoutes,
    ...entryRoutes,
    ...deliveryRoutes,
    ...notificationRoutes,
    ...settingsRoutes,
    ...startRoutes,
  ]),
]);

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    // What no page names is dropped from an address, and reaches none.
    search: { strict: true },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingMs: 200,
    defaultErrorComponent: PageFailure,
  });
}

/** In the place of a page that failed, or could not be reached. */
function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  function again() {
    reset();
    // Asks anew what the page is about.
    void router.invalidate();
  }
  return <Failure error={error} onRetry={again} />;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
