import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { type Shown, SHOWN, type Sort, SORTS } from './search';

interface NotificationSearch {
  /** Left out, those unread. */
  show?: Shown;
  /** Left out, by when they happened last. */
  sort?: Sort;
}

export const notificationRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/notifications',
    validateSearch: (search: Record<string, unknown>): NotificationSearch => {
      const show = SHOWN.find((name) => name === search.show);
      const sort = SORTS.find((name) => name === search.sort);
      return { ...(show && { show }), ...(sort && { sort }) };
    },
    component: lazyRouteComponent(() => import('./list'), 'NotificationCenter'),
  }),
] as const;
