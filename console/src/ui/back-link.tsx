import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';

/** To the list that a page belongs to. */
export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <Link to={href} className="back-link">
      <ChevronLeft size={14} aria-hidden /> {children}
    </Link>
  );
}
