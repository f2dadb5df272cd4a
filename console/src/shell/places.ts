import { Route, Webhook } from 'lucide-react';
import type { Session } from './session';

export interface Place {
  to: string;
  text: string;
  Icon: typeof Webhook;
  /** Pressed one after the other, they lead there. */
  keys?: string;
  isShown?: (session: Session) => boolean;
}

const integrations = ({ manageIntegrations }: Session) => manageIntegrations;

/** Where one can go, as the sidebar and the command palette have it. */
export const PLACES: { title: string; places: Place[] }[] = [
  {
    title: 'Build',
    places: [{ to: '/journeys', text: 'Journeys', Icon: Route, keys: 'G J' }],
  },
  {
    title: 'Integrations',
    places: [
      { to: '/webhooks', text: 'Journey Webhooks', Icon: Webhook, keys: 'G W', isShown: integrations },
    ],
  },
];

/** The places that this person may go to. */
export function placesFor(session: Session): typeof PLACES {
  const shown = ({ isShown = () => true }: Place) => isShown(session);
  return PLACES.map(({ title, places }) => ({ title, places: places.filter(shown) })).filter(
    ({ places }) => places.length > 0,
  );
}
