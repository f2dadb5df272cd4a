import { useEffect, useRef } from 'react';
import { useNavigate } from '@tanstack/react-router';
import { PLACES } from './places';

/** Between the two keys of a place. */
const PAUSE_MS = 1_000;

const places = PLACES.flatMap(({ places }) => places);
const toOf = new Map(places.flatMap(({ keys, to }) => (keys === undefined ? [] : [[keys, to] as const])));

/** Ctrl K opens the palette, ? the list of keys; G and a letter leads to a place. In a field the letters are text. */
export function useShortcuts(openPalette: () => void, openKeys: () => void): void {
  const navigate = useNavigate();
  const before = useRef({ key: '', at: 0 });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const key = event.key.toUpperCase();
      if ((event.metaKey || event.ctrlKey) && key === 'K') {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '?') {
        event.preventDefault();
        openKeys();
        return;
      }
      const isSecond = event.timeStamp - before.current.at < PAUSE_MS;
      const to = isSecond ? toOf.get(`${before.current.key} ${key}`) : undefined;
      before.current = { key, at: event.timeStamp };
      if (to === undefined) return;
      event.preventDefault();
      void navigate({ to });
    };
    // Before the fields: a select lets no key through.
    addEventListener('keydown', onKeyDown, true);
    return () => removeEventListener('keydown', onKeyDown, true);
  }, [navigate, openPalette, openKeys]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input, textarea, select, [contenteditable], [role=menu] *, [aria-haspopup=listbox]')
  );
}
