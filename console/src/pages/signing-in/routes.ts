import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { root } from '../../shell/routes';

export const signingInRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    validateSearch: (search): { next?: string; failed?: string } => ({
      // Another site's address begins with two slashes.
      ...(typeof search.next === 'string' && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {}),
      ...(typeof search.failed === 'string' ? { failed: search.failed } : {}),
    }),
    component: lazyRouteComponent(() => import('./sign-in'), 'SignIn'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/welcome',
    component: lazyRouteComponent(() => import('./welcome'), 'Welcome'),
  }),
] as const;
