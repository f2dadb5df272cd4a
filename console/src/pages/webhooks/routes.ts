import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';
import type { WebhookSearch } from './words';

export const webhookRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/webhooks',
    validateSearch: ({ open, usedBy, ...search }: Record<string, unknown>): WebhookSearch => ({
      ...texts('name')(search),
      ...(typeof open === 'number' && { open }),
      ...(typeof usedBy === 'number' && { usedBy }),
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
