import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { whoAmI } from '../../shell/session';
import { texts } from '../../words/search';

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/settings',
    beforeLoad: async ({ context }) => {
      const session = await context.queries.ensureQueryData(whoAmI);
      throw redirect({ to: session?.person.role === 'admin' ? '/settings/people' : '/settings/sessions' });
    },
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/settings/people',
    validateSearch: texts('edit'),
    component: lazyRouteComponent(() => import('./people'), 'People'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/settings/api-keys',
    validateSearch: texts('edit'),
    component: lazyRouteComponent(() => import('./api-keys'), 'ApiKeys'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/settings/sessions',
    validateSearch: texts('person'),
    component: lazyRouteComponent(() => import('./sessions'), 'Sessions'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/settings/audit-log',
    validateSearch: texts('actor', 'action', 'target', 'since', 'open'),
    component: lazyRouteComponent(() => import('./audit-log'), 'AuditLog'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/settings/account',
    component: lazyRouteComponent(() => import('./account'), 'Account'),
  }),
] as const;
