import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { idNamed, texts } from '../../words/search';
import type { WebhookSearch } from './words';

export const webhookRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/webhooks',
    validateSearch: (search: Record<string, unknown>): WebhookSearch => ({
      ...texts('name')(search),
      ...idNamed('open')(search),
      ...idNamed('usedBy')(search),
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
