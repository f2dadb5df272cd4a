export interface Action {
  id: string;
  text: string;
  run: () => void;
  /** What cannot be undone. */
  isDanger?: boolean;
  /** Why it cannot be done now: it is shown, and cannot be chosen. */
  refused?: string;
  /** What it means, where its text does not say it. */
  note?: string;
}

/** Where a menu is open, and which of its items has the focus first. */
export interface Opened {
  at: HTMLElement;
  first: 'first' | 'last';
}
