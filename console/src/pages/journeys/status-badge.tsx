import { Badge } from '../../ui/badge';

const STATUS = {
  draft: { tone: 'plain', text: 'Draft' },
  published: { tone: 'good', text: 'Published' },
  paused: { tone: 'held', text: 'Paused' },
  archived: { tone: 'off', text: 'Archived' },
} as const;

export function StatusBadge({ status }: { status: string }) {
  const { tone, text } = STATUS[status as keyof typeof STATUS] ?? STATUS.draft;
  return <Badge tone={tone}>{text}</Badge>;
}
