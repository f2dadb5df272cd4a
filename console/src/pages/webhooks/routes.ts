import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { Editor } from '../../ui/template-editor/lazy-editor';
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
    loader: () => Editor.preload?.(),
    component: lazyRouteComponent(() => import('./form/page'), 'NewWebhook'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/webhooks/$id',
    loader: () => Editor.preload?.(),
    component: lazyRouteComponent(() => import('./form/page'), 'EditWebhook'),
  }),
] as const;
