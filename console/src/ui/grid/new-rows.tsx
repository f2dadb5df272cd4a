import { ArrowUp } from 'lucide-react';
import { Button } from '../button';

/** Above a live list: how many rows came since, and shows them. */
export function NewRows({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <span role="status">
      {count > 0 && (
        <Button onPress={onShow}>
          <ArrowUp size={14} aria-hidden /> {count.toLocaleString('en')} new
        </Button>
      )}
    </span>
  );
}
