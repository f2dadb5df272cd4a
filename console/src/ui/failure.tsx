import { CloudOff, ShieldX, TriangleAlert } from 'lucide-react';
import { ApiFault } from '../api/client';
import { Button } from './button';

/** What went wrong, for a person. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiFault) return error.message;
  return 'Something in this page failed. Reload it; if it fails again, tell whoever runs this server.';
}

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
}

/** In the place of what could not be loaded. */
export function Failure({ error, onRetry }: FailureProps) {
  const status = error instanceof ApiFault ? error.status : undefined;
  const Icon = status === 0 || status === 503 ? CloudOff : status === 403 ? ShieldX : TriangleAlert;
  return (
    <div className="placeholder" role="alert">
      <Icon size={24} aria-hidden />
      <p>{messageOf(error)}</p>
      {onRetry !== undefined && <Button onPress={onRetry}>Try again</Button>}
    </div>
  );
}
