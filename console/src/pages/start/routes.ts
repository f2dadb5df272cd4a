import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';

export const startRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/start',
    // Where it is sent, and the entry that is watched.
    validateSearch: texts('endpoint', 'entry'),
    component: lazyRouteComponent(() => import('./start'), 'Start'),
  }),
] as const;
