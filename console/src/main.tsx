import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import '@fontsource-variable/inter/index.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import { ApiFault } from './api/client';
import { createConsoleRouter } from './router';
import { Toasts } from './ui/feedback/toast';

const queries = new QueryClient({
  defaultOptions: {
    // Whether the internet can be reached says nothing of our own server.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      // What the server refuses stays refused; what did not reach it may reach it the next time.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiFault && error.status < 500),
      refetchOnWindowFocus: true,
      staleTime: 2_000,
    },
  },
});
const router = createConsoleRouter(queries);
// Only who uses the keyboard needs it.
addEventListener('keydown', () => void import('./ui/keep-focus').then(({ keepFocus }) => keepFocus()), {
  once: true,
});

// The page's script comes while the server says who is signed in.
for (const { routeId } of router.matchRoutes(router.latestLocation)) {
  void router.loadRouteChunk(router.routesById[routeId as keyof typeof router.routesById]);
}
// Not drawn sooner: React fills a place that it has drawn empty after 300 ms at the earliest. Not awaited: the page's
// script needs this one.
void router.load().then(() =>
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  ),
);
