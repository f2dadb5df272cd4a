import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { idNamed, texts } from '../../words/search';

export const userRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/users',
    validateSearch: texts('text'),
    component: lazyRouteComponent(() => import('./list'), 'UserList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/users/import',
    validateSearch: idNamed('list'),
    component: lazyRouteComponent(() => import('./transfer/import'), 'ImportUsers'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/users/by-email/$email',
    component: lazyRouteComponent(() => import('./user'), 'UserPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/users/by-id/$userId',
    component: lazyRouteComponent(() => import('./user'), 'UserPage'),
  }),
] as const;
