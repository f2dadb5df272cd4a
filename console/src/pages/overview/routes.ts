import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';

export const overviewRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/',
    validateSearch: texts('since'),
    component: lazyRouteComponent(() => import('./overview'), 'Overview'),
  }),
] as const;
