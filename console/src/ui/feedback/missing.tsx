import { Link } from '@tanstack/react-router';
import { Compass } from 'lucide-react';

/** In the place of a page that there is not. */
export function Missing() {
  return (
    <div className="placeholder">
      <Compass size={24} aria-hidden />
      <p>There is no such page. It may have been moved, or the address is not whole.</p>
      <Link to="/">Go to the start</Link>
    </div>
  );
}
