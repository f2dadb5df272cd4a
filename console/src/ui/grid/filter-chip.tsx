import { X } from 'lucide-react';
import { Button } from '../button';

/** A filter that a link has set: what it is, and its end. */
export function FilterChip({ children, onClear }: { children: string; onClear: () => void }) {
  return (
    <Button className="chip" aria-label={`No longer only ${children}`} onPress={onClear}>
      <span className="cut">{children}</span> <X size={14} aria-hidden />
    </Button>
  );
}
