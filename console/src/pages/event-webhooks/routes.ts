import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';

export const eventWebhookRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/event-webhooks',
    component: lazyRouteComponent(() => import('./list'), 'EventWebhookList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/event-webhooks/new',
    component: lazyRouteComponent(() => import('./new'), 'NewEventWebhook'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/event-webhooks/$id',
    component: lazyRouteComponent(() => import('./event-webhook'), 'EventWebhookPage'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/event-webhooks/$id/edit',
    component: lazyRouteComponent(() => import('./edit'), 'EditEventWebhook'),
  }),
] as const;
