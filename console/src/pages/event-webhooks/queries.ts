import { queryOptions } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';

export const eventWebhookQuery = (id: number) =>
  queryOptions({
    queryKey: ['event-webhook', id, 'now'],
    queryFn: () => answerOf(api.GET('/api/eventWebhooks/{id}', { params: { path: { id } } })),
  });
