import { useRef } from 'react';
import { Notice } from '../ui/feedback/notice';

interface LostRightProps {
  /** Whether whoever looks at the page may change what it shows. */
  has: boolean;
  /** “webhooks” */
  what: string;
}

/** Says so where a right was taken away while the page is open. What was typed stays. */
export function LostRight({ has, what }: LostRightProps) {
  const had = useRef(has);
  if (has) had.current = true;
  if (has || !had.current) return null;
  return (
    <Notice tone="bad" isNew>
      You may no longer change {what}: your role was changed while this page was open. What you typed is still
      here, and can be saved once an administrator gives the right back.
    </Notice>
  );
}
