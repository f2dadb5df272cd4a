import type { JourneyDefinition } from '../journey';
import { OTHERWISE, wayOfBranch } from '../tiles/split-tiles';
import type { Tile } from '../tiles/tile';

/** The ways by which users may leave a tile on to the journey, in the words of their path. */
export function wayWordsOf(tile: Tile, { sendWindow }: Pick<JourneyDefinition, 'sendWindow'>): string[] {
  switch (tile.type) {
    case 'webhook':
    case 'liveData':
    case 'userProfile': {
      const window = tile.sendWindow === undefined ? sendWindow : tile.sendWindow;
      return [...wordsOfRequest(tile), ...(window?.onClosed === 'skip' ? ['skipped'] : [])];
    }
    case 'updateProfile':
    case 'trackEvent':
      return wordsOfRequest(tile);
    case 'delay':
      return [
        'next',
        ...(tile.until?.onPast === undefined ? [] : ['past']),
        ...(tile.until?.onMissing === undefined ? [] : ['missing']),
      ];
    case 'updateList':
    case 'sendToJourney':
      return ['next'];
    case 'waitFor':
      return [...tile.for.map((_arm, index) => String(index + 1)), 'timeout'];
    case 'yesNoSplit':
      return ['yes', 'no'];
    case 'attributeSplit':
      return [...tile.branches.map(wayOfBranch), OTHERWISE];
    case 'abSplit':
      return tile.branches.map(({ name }) => name);
    case 'exit':
      return ['exit'];
  }
}

function wordsOfRequest({ onFailure, callback }: { onFailure?: string; callback?: object }): string[] {
  if (callback) return ['success', 'failure', 'timeout'];
  return onFailure === undefined ? ['next'] : ['next', 'failure'];
}
