import { CircleAlert } from 'lucide-react';
import type { Faults } from '../draft/draft';

/* Where a fault of the API's answer is shown. */

/** The fault of exactly this value, below it; nothing if there is none. */
export function faultAt(faults: Faults, path: string) {
  const message = faults[path];
  if (message === undefined) return null;
  return (
    <p className="error" role="alert">
      <CircleAlert size={14} aria-hidden /> <span>{message}</span>
    </p>
  );
}

/** The fault of this value, or of a part of it that has no field of its own. */
export function faultWithin(faults: Faults, path: string): string | undefined {
  const found = Object.keys(faults).find(
    (at) => at === path || at.startsWith(`${path}.`) || at.startsWith(`${path}[`),
  );
  return found === undefined ? undefined : faults[found];
}
