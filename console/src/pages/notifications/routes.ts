import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';

const SHOWN = ['unread', 'read', 'all'] as const;
export type Shown = (typeof SHOWN)[number];
const SORTS = ['updatedAt', 'createdAt', 'level'] as const;
export type Sort = (typeof SORTS)[number];

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
