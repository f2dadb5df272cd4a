import { type ReactNode, useEffect } from 'react';

interface PageProps {
  title: string;
  /** Beside the title: what can be done here. */
  actions?: ReactNode;
  /** Below it: a status, a way back. */
  beside?: ReactNode;
  children: ReactNode;
  /** As high as the window: its list scrolls, not the page. */
  isFull?: boolean;
}

export function Page({ title, actions, beside, children, isFull = false }: PageProps) {
  useTitle(title);
  return (
    <div className={`page ${isFull ? 'fill' : ''}`}>
      <header className="page-head">
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
