import { useEffect, useState } from 'react';
import { Failure } from './failure';

/** What comes sooner needs no word. */
const QUIET_MS = 400;

/** In the place of what is being loaded. */
export function Waiting() {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="placeholder" role="status">
      {isLong && <p>Loading…</p>}
    </div>
  );
}

/** In the place of what is not there: as it is being loaded, or could not be. */
export function NotYet({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return error === null ? <Waiting /> : <Failure error={error} onRetry={onRetry} />;
}
