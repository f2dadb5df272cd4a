import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { idNamed } from '../../words/search';

/* Not below /inbox: there every request is recorded, a page's too. */
export const inboxRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/inboxes',
    component: lazyRouteComponent(() => import('./list'), 'InboxList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/inboxes/$name',
    validateSearch: idNamed('open'),
    component: lazyRouteComponent(() => import('./inbox'), 'InboxPage'),
  }),
] as const;
