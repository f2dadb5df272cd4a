import { X } from 'lucide-react';
import { Button } from '../button';

interface FilterChipProps {
  children: string;
  onClear: () => void;
  autoFocus?: boolean;
}

/** A filter that is on: what it is, and its end. */
export function FilterChip({ children, onClear, autoFocus }: FilterChipProps) {
  return (
    <Button
      className="chip"
      aria-label={`No longer only ${children}`}
      autoFocus={autoFocus}
      onPress={onClear}
    >
      <span className="cut">{children}</span> <X size={14} aria-hidden />
    </Button>
  );
}
