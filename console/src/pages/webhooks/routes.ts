import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';

export const webhookRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/webhooks',
    validateSearch: (search: Record<string, unknown>): { name?: string; open?: number } => ({
      ...texts('name')(search),
      ...(typeof search.open === 'number' && { open: search.open }),
    }),
    component: lazyRouteComponent(() => import('./list'), 'WebhookList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/webhooks/new',
    component: lazyRouteComponent(() => import('./form/page'), 'NewWebhook'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/webhooks/$id',
    component: lazyRouteComponent(() => import('./form/page'), 'EditWebhook'),
  }),
] as const;
