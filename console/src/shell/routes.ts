import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { Missing } from '../ui/feedback/missing';
import { whoAmI } from './session';
import { Shell } from './shell';

/** Above every page. */
export const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: Missing,
});

/** Above every page of somebody who is signed in: the `routes.ts` of each folder of pages puts its pages below it. */
export const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(whoAmI);
    if (session === null) throw redirect({ to: '/sign-in', search: { next: location.href } });
  },
  component: Shell,
  notFoundComponent: Missing,
});
