import {
  Activity,
  CircleUserRound,
  Footprints,
  Inbox,
  KeyRound,
  ListChecks,
  MonitorSmartphone,
  RadioTower,
  Route,
  ScrollText,
  Send,
  UserRound,
  UsersRound,
  Webhook,
} from 'lucide-react';
import type { Session } from './session';

export interface Place {
  to: string;
  text: string;
  Icon: typeof Webhook;
  /** Pressed one after the other, they lead there. */
  keys?: string;
  isShown?: (session: Session) => boolean;
}

export interface Group {
  title: string;
  places: Place[];
  /** One link at the foot of the sidebar, to the first of them: each of these pages leads to the others. */
  isAtFoot?: boolean;
}

const integrations = ({ manageIntegrations }: Session) => manageIntegrations;
const admins = ({ person }: Session) => person.role === 'admin';

/** Where one can go, as the sidebar and the command palette have it. */
export const PLACES: Group[] = [
  {
    title: 'Build',
    places: [
      { to: '/journeys', text: 'Journeys', Icon: Route, keys: 'G J' },
      { to: '/start', text: 'Try it', Icon: Send, isShown: integrations },
    ],
  },
  {
    title: 'Integrations',
    places: [
      { to: '/webhooks', text: 'Journey Webhooks', Icon: Webhook, keys: 'G W', isShown: integrations },
      { to: '/event-webhooks', text: 'Event Webhooks', Icon: RadioTower, keys: 'G V', isShown: integrations },
      { to: '/inboxes', text: 'Inbox', Icon: Inbox, keys: 'G I', isShown: integrations },
    ],
  },
  {
    title: 'Watch',
    places: [
      { to: '/', text: 'Overview', Icon: Activity, keys: 'G O' },
      { to: '/entries', text: 'Entries', Icon: Footprints, keys: 'G E' },
      { to: '/deliveries', text: 'Deliveries', Icon: Send, keys: 'G D' },
      { to: '/users', text: 'Users', Icon: UserRound, keys: 'G U' },
      { to: '/lists', text: 'Lists', Icon: UsersRound, keys: 'G L' },
      { to: '/jobs', text: 'Jobs', Icon: ListChecks, keys: 'G B' },
    ],
  },
  {
    title: 'Settings',
    isAtFoot: true,
    places: [
      { to: '/settings/people', text: 'People', Icon: UsersRound, keys: 'G P', isShown: admins },
      { to: '/settings/api-keys', text: 'API keys', Icon: KeyRound, isShown: admins },
      { to: '/settings/sessions', text: 'Sessions', Icon: MonitorSmartphone },
      { to: '/settings/audit-log', text: 'Audit log', Icon: ScrollText, isShown: admins },
      { to: '/settings/account', text: 'My account', Icon: CircleUserRound },
    ],
  },
];

/** The places that this person may go to. */
export function placesFor(session: Session): Group[] {
  const shown = ({ isShown = () => true }: Place) => isShown(session);
  return PLACES.map((group) => ({ ...group, places: group.places.filter(shown) })).filter(
    ({ places }) => places.length > 0,
  );
}
