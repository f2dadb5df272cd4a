import type { ReactNode } from 'react';
import { Code } from '../code';

interface EmptyProps {
  /** One sentence: what would be here. */
  children: string;
  /** The one thing to do next. */
  action?: ReactNode;
  /** The same for a program. */
  curl?: string;
}

/** In the place of a list that has nothing in it. */
export function Empty({ children, action, curl }: EmptyProps) {
  return (
    <div className="placeholder">
      <p>{children}</p>
      {action}
      {curl !== undefined && <Code label="By the API" text={curl} />}
    </div>
  );
}
