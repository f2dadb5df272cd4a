import { lazyRouteComponent } from '@tanstack/react-router';

/** Loaded apart: few pages have one. A page that begins with it preloads it, so that it is not drawn half empty. */
export const Editor = lazyRouteComponent(() => import('./editor'));
