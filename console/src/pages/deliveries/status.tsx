import { Badge } from '../../ui/badge';
import { OUTCOME, STATUS } from './words';

export function DeliveryStatus({ status }: { status: string }) {
  const { tone, text } = STATUS[status] ?? { tone: 'plain', text: status };
  return <Badge tone={tone}>{text}</Badge>;
}

export function AttemptOutcome({ outcome }: { outcome: string | null }) {
  if (outcome === null) return <Badge tone="held">No answer yet</Badge>;
  const { tone, text } = OUTCOME[outcome] ?? { tone: 'plain', text: outcome };
  return <Badge tone={tone}>{text}</Badge>;
}
