import { type OutboxItem, type OutboxKey, outboxKeyOf } from '../db/outbox';

/** Items in memory; those beyond stay in the outbox until a sweep finds them. */
const CAPACITY = 5_000;

/** Items that jobs made, of these: there is always room for single requests. */
const JOB_CAPACITY = 2_500;

/**
 * Items in memory: signals to workflows under way before new workflows, and what jobs made after all others. An item
 * stays until it is released.
 */
export function createDispatchQueue() {
  const signals: OutboxItem[] = [];
  const single: OutboxItem[] = [];
  const ofJobs: OutboxItem[] = [];
  /** Queued, or taken by `next` and not yet released. */
  const refs = new Set<string>();
  const lane = (item: OutboxItem) => {
    if (item.ofJob) return ofJobs;
    return 'waitId' in item || 'exitOf' in item ? signals : single;
  };

  return {
    /** How many more items fit. */
    room: () => CAPACITY - refs.size,
    /** Does nothing when the item is here already, or when it does not fit. */
    add(item: OutboxItem): void {
      const ref = textOf(outboxKeyOf(item));
      if (refs.size >= CAPACITY || refs.has(ref)) return;
      if (item.ofJob && ofJobs.length >= JOB_CAPACITY) return;
      refs.add(ref);
      lane(item).push(item);
    },
    next: (): OutboxItem | undefined => signals.shift() ?? single.shift() ?? ofJobs.shift(),
    /** Puts an item that `next` returned at the head of its lane. */
    putBack: (item: OutboxItem) => void lane(item).unshift(item),
    release: (key: OutboxKey) => void refs.delete(textOf(key)),
  };
}

function textOf({ kind, ref }: OutboxKey): string {
  return `${kind} ${ref}`;
}
