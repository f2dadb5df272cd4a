import {
  Clock,
  Database,
  GitBranch,
  GitFork,
  Hourglass,
  ListChecks,
  LogOut,
  Percent,
  Send,
  UserPen,
  UserSearch,
  Webhook,
  Zap,
} from 'lucide-react';
import type { TileType } from './draft/draft';

/** What the types of tiles are called, in the order in which they are offered. */
export const TILE_TYPES: { type: TileType; title: string; hint: string; Icon: typeof Webhook }[] = [
  { type: 'webhook', title: 'Call Webhook', hint: 'Sends a request for the user', Icon: Webhook },
  { type: 'liveData', title: 'Live Data', hint: 'Fetches values for this journey', Icon: Database },
  { type: 'userProfile', title: 'User Profile', hint: 'Fetches fields of the profile', Icon: UserSearch },
  { type: 'delay', title: 'Delay', hint: 'Waits for a time, or until a moment', Icon: Clock },
  { type: 'waitFor', title: 'Wait For', hint: 'Waits for an event or a condition', Icon: Hourglass },
  { type: 'yesNoSplit', title: 'Yes/No Split', hint: 'Two ways, by a condition', Icon: GitBranch },
  { type: 'attributeSplit', title: 'Attribute Split', hint: 'Up to ten ways, by conditions', Icon: GitFork },
  { type: 'abSplit', title: 'A/B Split', hint: 'Ways by shares of the users', Icon: Percent },
  { type: 'updateProfile', title: 'Update Profile', hint: 'Writes fields of the profile', Icon: UserPen },
  {
    type: 'updateList',
    title: 'Update List',
    hint: 'Subscribes to a list, or unsubscribes',
    Icon: ListChecks,
  },
  { type: 'trackEvent', title: 'Track Event', hint: 'Records an event of the user', Icon: Zap },
  { type: 'sendToJourney', title: 'Send to Journey', hint: 'Begins another journey too', Icon: Send },
  { type: 'exit', title: 'Exit', hint: 'Ends the journey', Icon: LogOut },
];

const kinds = new Map(TILE_TYPES.map((kind) => [kind.type, kind]));

export function kindOf(type: TileType): (typeof TILE_TYPES)[number] {
  return kinds.get(type)!;
}
