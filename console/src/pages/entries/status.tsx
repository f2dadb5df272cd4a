import { Badge } from '../../ui/badge';
import { STATUS } from './words';

export function EntryStatus({ status }: { status: string }) {
  const { tone, text } = STATUS[status] ?? { tone: 'plain', text: status };
  return <Badge tone={tone}>{text}</Badge>;
}
