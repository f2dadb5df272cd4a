import { useMemo, useRef } from 'react';
import { isSame } from '../draft/same';

/** The same objects as before for what is as before, so that only what has changed is drawn anew. */
export function useUnchanged<Item extends { id: string }>(items: Item[]): Item[] {
  const before = useRef<Item[]>([]);
  return useMemo(() => {
    const known = new Map(before.current.map((item) => [item.id, item]));
    const now = items.map((item) => {
      const same = known.get(item.id);
      return isSame(same, item) ? same! : item;
    });
    const isAsBefore =
      now.length === before.current.length && now.every((item, at) => item === before.current[at]);
    if (!isAsBefore) before.current = now;
    return before.current;
  }, [items]);
}
