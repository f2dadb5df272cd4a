import { useEffect, useRef } from 'react';
import { CloudOff, ShieldX, TriangleAlert } from 'lucide-react';
import { ApiFault, fieldsOf } from '../../api/client';
import { Button } from '../button';
import { sentence } from '../../words/quoted';

/** What went wrong, for a person. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiFault) return sentence(error.message);
  // Cut off on its way, or of another program than the server.
  if (error instanceof SyntaxError)
    return 'The server’s answer could not be read. Try again; if it stays so, see what stands between it and you.';
  return 'Something in this page failed. Reload it; if it fails again, tell whoever runs this server.';
}

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
}

/** How often it is looked whether a server that went away is back. */
const RETRY_MS = 5_000;

/** In the place of what could not be loaded. Where the server is away, it looks by itself whether it is back. */
export function Failure({ error, onRetry }: FailureProps) {
  const status = error instanceof ApiFault ? error.status : undefined;
  const isAway = status === 0 || (status !== undefined && status >= 502);
  const Icon = isAway ? CloudOff : status === 403 ? ShieldX : TriangleAlert;
  const retry = useRef(onRetry);
  useEffect(() => void (retry.current = onRetry));
  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(() => retry.current?.(), RETRY_MS);
    return () => clearInterval(timer);
  }, [isAway]);
  return (
    <div className="placeholder" role="alert">
      <Icon size={24} aria-hidden />
      <p>
        {messageOf(error)}
        {isAway && onRetry !== undefined && ' This page tries again by itself.'}
      </p>
      {onRetry !== undefined && <Button onPress={onRetry}>Try again</Button>}
    </div>
  );
}

/** Below a form: why it was refused, but for what stands beside the fields of these names. */
export function FormFailure({ error, fields }: { error: unknown; fields: readonly string[] }) {
  if (error === null || error === undefined) return null;
  const others = Object.entries(fieldsOf(error)).filter(([path]) => !fields.includes(path));
  const isBeside = others.length === 0 && Object.keys(fieldsOf(error)).length > 0;
  if (isBeside) return null;
  return (
    <p className="error" role="alert">
      {others.length === 0 ? messageOf(error) : others.map(([path, fault]) => `${path}: ${fault}`).join('\n')}
    </p>
  );
}
