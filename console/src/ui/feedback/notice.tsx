import type { ReactNode } from 'react';
import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';

const ICONS = { good: CircleCheck, bad: CircleX, warn: TriangleAlert, info: Info };

interface NoticeProps {
  tone: keyof typeof ICONS;
  children: ReactNode;
  /** Read out when it appears: what just happened. */
  isNew?: boolean;
}

/** A sentence or two that stands where it matters: a warning, an outcome, a reason. */
export function Notice({ tone, children, isNew = false }: NoticeProps) {
  const Icon = ICONS[tone];
  return (
    <div className={`notice ${tone}`} role={isNew ? (tone === 'bad' ? 'alert' : 'status') : undefined}>
      <Icon size={16} aria-hidden />
      <div>{children}</div>
    </div>
  );
}
