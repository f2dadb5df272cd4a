import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';

const FILTERS = ['user', 'status', 'reason', 'webhook', 'journey', 'tile', 'test'] as const;

export const entryRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/entries',
    // `open` is the id of the entry beside the list.
    validateSearch: texts(...FILTERS, 'open'),
    component: lazyRouteComponent(() => import('./list'), 'EntryList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/entries/$id',
    component: lazyRouteComponent(() => import('./page'), 'EntryPage'),
  }),
] as const;
