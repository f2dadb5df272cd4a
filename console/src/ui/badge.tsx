import type { ReactNode } from 'react';
import { Ban, CircleCheck, CircleDot, CircleX, Clock, Info, TriangleAlert } from 'lucide-react';

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'held' | 'plain' | 'off';

const ICONS = {
  good: CircleCheck,
  bad: CircleX,
  warn: TriangleAlert,
  info: Info,
  held: Clock,
  plain: CircleDot,
  off: Ban,
};

/** A status: hue, icon and word, never hue alone. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  const Icon = ICONS[tone];
  return (
    <span className={`badge ${tone}`}>
      <Icon size={12} aria-hidden /> {children}
    </span>
  );
}
