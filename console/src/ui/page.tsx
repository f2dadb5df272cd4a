import { type ReactNode, useEffect } from 'react';
import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';

interface PageProps {
  title: string;
  /** The list that it belongs to. */
  back?: { href: string; text: string };
  /** Beside the title: what can be done here. */
  actions?: ReactNode;
  /** The same: a status. */
  beside?: ReactNode;
  children: ReactNode;
  /** As high as the window: its list scrolls, not the page. */
  isFull?: boolean;
}

export function Page({ title, back, actions, beside, children, isFull = false }: PageProps) {
  useTitle(title);
  return (
    <div className={`page ${isFull ? 'fill' : ''}`}>
      <header className="page-head">
        {back !== undefined && (
          <nav className="breadcrumb" aria-label="Breadcrumb">
            <Link to={back.href}>
              <ChevronLeft size={14} aria-hidden /> <span className="cut">{back.text}</span>
            </Link>
          </nav>
        )}
        <h1>{title}</h1>
        {beside}
        {actions}
      </header>
      {children}
    </div>
  );
}

/** In the browser's tab and history. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Wayhook`;
  }, [title]);
}
