import { queryOptions } from '@tanstack/react-query';
import { api, editableAnswerOf } from '../../../api/client';
import type { Journey } from './draft';

export const journeyKey = (id: number) => ['journey', id] as const;

/** One journey, to be edited. */
export const journeyQuery = (id: number) =>
  queryOptions({
    queryKey: journeyKey(id),
    queryFn: () =>
      editableAnswerOf<Journey>(api.GET('/api/journeys/{id}', { params: { path: { id } }, parseAs: 'text' })),
  });
