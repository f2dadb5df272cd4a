import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';
import { editorSearch } from './search';

export const journeyRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/journeys',
    validateSearch: texts('name', 'status'),
    component: lazyRouteComponent(() => import('./list'), 'JourneyList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/journeys/$id',
    validateSearch: editorSearch,
    component: lazyRouteComponent(() => import('./edit'), 'JourneyPage'),
  }),
] as const;
