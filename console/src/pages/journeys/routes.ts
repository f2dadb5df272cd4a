import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shell } from '../../shell/routes';
import { texts } from '../../words/search';
import { Canvas } from './canvas/lazy-canvas';
import { journeyQuery } from './draft/journey-query';
import { editorSearch, isNarrow } from './search';

export const journeyRoutes = [
  createRoute({
    getParentRoute: () => shell,
    path: '/journeys',
    validateSearch: texts('name', 'status'),
    component: lazyRouteComponent(() => import('./list'), 'JourneyList'),
  }),
  createRoute({
    getParentRoute: () => shell,
    path: '/journeys/$id',
    validateSearch: editorSearch,
    loader: ({ cause, context, params }) => {
      const id = Number(params.id);
      // Asked for beside the scripts; not by a pointer that passes a link, as the editor shows what was read first.
      if (cause === 'enter' && Number.isSafeInteger(id)) void context.queries.prefetchQuery(journeyQuery(id));
    },
    component: lazyRouteComponent(async () => {
      // At once with the page, which begins with it.
      const [page] = await Promise.all([import('./edit'), isNarrow() ? undefined : Canvas.preload?.()]);
      return page;
    }, 'JourneyPage'),
  }),
] as const;
