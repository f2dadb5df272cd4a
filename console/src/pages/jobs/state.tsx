import { Badge } from '../../ui/badge';
import { type Job, STATES } from './words';

export function JobState({ state }: Pick<Job, 'state'>) {
  const { tone, text } = STATES[state] ?? { tone: 'plain', text: state };
  return <Badge tone={tone}>{text}</Badge>;
}
