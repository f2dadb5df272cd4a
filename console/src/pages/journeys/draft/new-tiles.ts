import type { Tile, TileOf, TileType } from './draft';
import { freeId } from './edits';

const WHEN = { field: 'profile.', is: 'equals', value: '' } as const;

type Blank = { [Type in TileType]: Omit<TileOf<Type>, 'id' | 'type'> };

/** What a new tile begins with. What only its author can say is missing. */
const BLANK: Blank = {
  webhook: {},
  liveData: { name: 'data' },
  userProfile: { url: '' },
  delay: { for: '1 day' },
  waitFor: { for: [{ event: '' }], timeout: '7 days' },
  yesNoSplit: { when: WHEN },
  attributeSplit: { branches: [{ when: WHEN }] },
  abSplit: {
    branches: [
      { name: 'A', weight: 50 },
      { name: 'B', weight: 50 },
    ],
  },
  updateProfile: { fields: { '': '' } },
  updateList: { action: 'subscribe' },
  trackEvent: { eventName: '' },
  sendToJourney: {},
  exit: {},
};

/** A new tile of this type, with an id that none of these tiles has. */
export function newTile(type: TileType, tiles: readonly Tile[]): Tile {
  // “exit” means the end of the journey itself.
  const wanted = type === 'exit' ? 'end' : type;
  return { id: freeId(tiles, wanted), type, ...BLANK[type] } as Tile;
}
