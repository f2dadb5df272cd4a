import { lazyRouteComponent } from '@tanstack/react-router';

/** Loaded apart: narrow screens begin with the list. */
export const Canvas = lazyRouteComponent(() => import('./canvas'));
