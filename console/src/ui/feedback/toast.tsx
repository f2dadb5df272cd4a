import { useSyncExternalStore } from 'react';
import { X } from 'lucide-react';
import { Button } from '../button';

interface Toast {
  id: number;
  text: string;
  action?: { text: string; run: () => void };
}

let toasts: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Longer with something to do, such as Undo. */
const SHOWN_MS = { plain: 5_000, withAction: 10_000 };

/** Says that something was done. What went wrong is said where it happened, not here. */
export function toast(text: string, action?: Toast['action']): void {
  const id = (last += 1);
  change([...toasts.slice(-2), { id, text, action }]);
  setTimeout(() => dismiss(id), action === undefined ? SHOWN_MS.plain : SHOWN_MS.withAction);
}

function dismiss(id: number): void {
  change(toasts.filter((shown) => shown.id !== id));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-label="Messages">
      {shown.map(({ id, text, action }) => (
        <div className="toast" key={id}>
          <span>{text}</span>
          {action !== undefined && (
            <Button
              look="quiet"
              onPress={() => {
                action.run();
                dismiss(id);
              }}
            >
              {action.text}
            </Button>
          )}
          <Button look="quiet" icon aria-label="Dismiss" onPress={() => dismiss(id)}>
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
    </div>
  );
}
