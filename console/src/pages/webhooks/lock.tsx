import { useQuery } from '@tanstack/react-query';
import type { paths } from '../../../types/schema';
import { answerOf, api } from '../../api/client';
import { Anchor } from '../../ui/anchor';
import { Notice } from '../../ui/feedback/notice';
import { quoted } from '../../words/quoted';

type Usage = paths['/api/journeyWebhooks/{id}/usage']['get'];
export type UsageTile = Usage['responses'][200]['content']['application/json']['tiles'][number];

/** The tile that locks a webhook: one of a published journey that reads its live data (B127). */
export interface LockingTile {
  journeyId: number;
  journeyName: string;
  tileId: string;
}

/** The tiles that use a saved webhook. */
export function useUsage(id: number | undefined): UsageTile[] {
  const { data } = useQuery({
    queryKey: ['webhook', String(id), 'usage'],
    queryFn: () => answerOf(api.GET('/api/journeyWebhooks/{id}/usage', { params: { path: { id: id! } } })),
    enabled: id !== undefined,
  });
  return data?.tiles ?? [];
}

export function lockAmong(tiles: UsageTile[]): LockingTile | undefined {
  return tiles.find(({ published, tileType }) => published && tileType === 'liveData');
}

/** Why it is locked, and what frees it. */
export function lockText({ tileId, journeyName }: LockingTile): string {
  return `The Live Data tile ${quoted(tileId)} of the published journey ${quoted(journeyName)} reads it. Unpublish the journey first.`;
}

export function LockNotice({ tile }: { tile: LockingTile }) {
  return (
    <Notice tone="warn">
      {lockText(tile)} <Anchor href={`/journeys/${tile.journeyId}`}>Open the journey</Anchor>
    </Notice>
  );
}
