import { useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { conditionWords, listWords } from '../../words/conditions';
import { durationWords } from '../../words/durations';
import { entryWords } from '../../words/journeys';
import type { Face } from './canvas/tile-face';
import type { Draft, Faults, Tile } from './draft/draft';
import { ENTRY, reachedTiles } from './draft/ways';
import { useNames, type Names } from './names';
import { kindOf } from './tile-words';
import { isolated } from '../../words/quoted';

/** How often the canvas looks where users are. */
const LOOK_MS = 5_000;

/** What one sees of the way in and of every tile of a draft. */
export function useFaces(journeyId: number, draft: Draft, faults: Faults): Face[] {
  const names = useNames(draft.tiles);
  const { data: counts } = useQuery({
    queryKey: ['journey', journeyId, 'tiles'],
    queryFn: () => answerOf(api.GET('/api/journeys/{id}/tiles', { params: { path: { id: journeyId } } })),
    refetchInterval: LOOK_MS,
  });
  return useMemo(() => {
    const countOf = new Map((counts?.tiles ?? []).map((count) => [count.tileId, count]));
    const reached = reachedTiles(draft.tiles);
    const entry: Face = {
      ...{ id: ENTRY, type: 'entry', title: 'Entry', detail: entryText(draft, names) },
      ...{ faults: faultCount(faults, 'entry'), isUnreached: false, users: 0, retrying: 0 },
    };
    const tiles = draft.tiles.map((tile, index): Face => {
      const count = countOf.get(tile.id);
      return {
        ...{ id: tile.id, type: tile.type, title: titleOf(tile), detail: detailOf(tile, names) },
        ...{ faults: faultCount(faults, `tiles[${index}]`), isUnreached: !reached.has(tile.id) },
        ...{ users: count?.users ?? 0, retrying: count?.retrying ?? 0 },
      };
    });
    return [entry, ...tiles];
  }, [counts, draft, faults, names]);
}

function faultCount(faults: Faults, path: string): number {
  return Object.keys(faults).filter(
    (at) => at === path || (/^[.[]/.test(at.slice(path.length)) && at.startsWith(path)),
  ).length;
}

/** Its name for people, or else what it is. */
export function titleOf(tile: Tile): string {
  const isReference = tile.type === 'liveData' || tile.type === 'waitFor';
  return (!isReference && tile.name) || kindOf(tile.type).title;
}

function entryText({ entry }: Draft, { lists }: Names): string {
  return entry === undefined ? 'When the API is called' : entryWords(entry, lists);
}

/** What a tile does, in one line. */
export function detailOf(tile: Tile, names: Names): string {
  switch (tile.type) {
    case 'webhook':
      if (tile.webhook) return `${tile.webhook.method ?? 'POST'} ${tile.webhook.url}`;
      return names.webhook(tile.webhookId) ?? 'No webhook yet';
    case 'liveData':
      return `${names.webhook(tile.webhookId) ?? 'No webhook yet'}, read as ${tile.name}`;
    case 'userProfile':
      return tile.url || names.webhook(tile.webhookId) || 'No URL yet';
    case 'delay':
      return delayText(tile);
    case 'waitFor':
      return `${armsText(tile, names)}, at most ${durationWords(tile.timeout)}`;
    case 'yesNoSplit':
      return conditionWords(tile.when, names.lists);
    case 'attributeSplit':
      return tile.branches.map(({ name, when }) => name ?? conditionWords(when, names.lists)).join(' · ');
    case 'abSplit':
      return tile.branches.map(({ name, weight }) => `${isolated(name)} ${weight} %`).join(' · ');
    case 'updateProfile':
      return Object.keys(tile.fields).join(', ');
    case 'updateList':
      return `${tile.action === 'subscribe' ? 'Put on' : 'Take off'} ${listText(tile.listId, names)}`;
    case 'trackEvent':
      return tile.eventName || 'No event yet';
    case 'sendToJourney':
      return names.journey(tile.journeyId) ?? 'No journey yet';
    case 'exit':
      return tile.reason ?? 'Ends the journey';
  }
}

function listText(id: number | undefined, { lists }: Names): string {
  if (id === undefined) return 'no list yet';
  return listWords(id, lists);
}

function delayText(tile: Extract<Tile, { type: 'delay' }>): string {
  const { until, timeOfDay } = tile.until ? { until: tile.until, timeOfDay: tile.until.timeOfDay } : tile;
  const then = timeOfDay === undefined ? '' : `, then ${timeOfDay}`;
  if (until === undefined) return `${durationWords(tile.for ?? '')}${then}`;
  const offset = until.offset === undefined ? '' : ` ${until.offset}`;
  return `Until ${until.field ?? until.at ?? '…'}${offset}${then}`;
}

function armsText({ for: arms }: Extract<Tile, { type: 'waitFor' }>, { lists }: Names): string {
  return arms
    .map(({ event, when }) => event || (when ? conditionWords(when, lists) : 'no event yet'))
    .join(' or ');
}
