import { useInfiniteQuery } from '@tanstack/react-query';
import type { paths } from '../../../../../types/schema';
import { answerOf, api } from '../../../../api/client';
import type { Draft } from '../../draft/draft';

export type Version =
  paths['/api/journeys/{id}/versions']['get']['responses'][200]['content']['application/json']['versions'][number];

/** What was published, the newest first. */
export function useVersions(id: number) {
  const query = useInfiniteQuery({
    queryKey: ['journey', id, 'versions'],
    queryFn: ({ pageParam }) =>
      answerOf(
        api.GET('/api/journeys/{id}/versions', {
          params: { path: { id }, query: { pageSize: 50, ...(pageParam && { pageToken: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextPageToken }) => nextPageToken,
  });
  return { ...query, versions: query.data?.pages.flatMap(({ versions }) => versions) };
}

/** What a version froze, as a draft. */
export function draftOfVersion(version: Version): Draft {
  const { journeyId: _id, version: _version, publishedAt: _at, ...draft } = version;
  return draft as Draft;
}
