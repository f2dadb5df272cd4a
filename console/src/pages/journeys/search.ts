import { idNamed, texts } from '../../words/search';

const VIEWS = ['canvas', 'list'] as const;
const PANELS = ['settings', 'versions', 'simulate', 'publish', 'test'] as const;
export type Panel = (typeof PANELS)[number];

interface EditorSearch {
  /** The id of the tile whose form is open. */
  tile?: string;
  view?: (typeof VIEWS)[number];
  panel?: Panel;
  /** Of the versions, the one that is shown. */
  version?: number;
}

/** Whether a journey begins as a list. */
export function isNarrow(): boolean {
  return matchMedia('(max-width: 760px)').matches;
}

/** What of the editor stands in the address. */
export function editorSearch(search: Record<string, unknown>): EditorSearch {
  const { tile } = texts('tile')(search);
  const view = VIEWS.find((name) => name === search.view);
  const panel = PANELS.find((name) => name === search.panel);
  return {
    ...(tile && { tile }),
    ...(view && { view }),
    ...(panel && { panel }),
    ...idNamed('version')(search),
  };
}
