import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';

export const jobRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/jobs',
    component: lazyRouteComponent(() => import('./list'), 'JobList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/jobs/$id',
    component: lazyRouteComponent(() => import('./job'), 'JobPage'),
  }),
] as const;
