import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';

export const listRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/lists',
    validateSearch: texts('name'),
    component: lazyRouteComponent(() => import('./list'), 'ListList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/lists/$id',
    component: lazyRouteComponent(() => import('./members'), 'ListPage'),
  }),
] as const;
