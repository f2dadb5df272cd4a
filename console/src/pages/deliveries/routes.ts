import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';

const FILTERS = ['user', 'status', 'reason', 'webhook', 'journey', 'tile', 'entry', 'since'] as const;

export const deliveryRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/deliveries',
    // `tab` is “failures”, or the list; `open` the id of the delivery beside the list; `attempt` the number of the open one.
    validateSearch: texts(...FILTERS, 'tab', 'open', 'attempt'),
    component: lazyRouteComponent(() => import('./list'), 'DeliveryList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/deliveries/$id',
    validateSearch: texts('attempt'),
    component: lazyRouteComponent(() => import('./page'), 'DeliveryPage'),
  }),
] as const;
