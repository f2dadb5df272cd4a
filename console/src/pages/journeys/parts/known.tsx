import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../../api/client';
import { useWebhooks } from '../../../api/names';
import type { Suggestion } from '../../../ui/forms/suggest-field';
import type { ListNames } from '../../../words/conditions';
import type { EntrySource } from '../../../words/journeys';

/* What is known when somebody writes a condition: fields, events and lists, to be suggested. */

/** What a field begins with: where it is read. */
export type Root = 'profile' | 'trigger' | 'event' | 'liveData' | 'events' | 'callbacks';

/** Where no event is at hand. */
export const OF_ENTRY: readonly Root[] = ['profile', 'trigger', 'liveData', 'events', 'callbacks'];

interface Journey {
  entry?: EntrySource;
  tiles: readonly { id: string; type: string; name?: string; webhookId?: number; callback?: unknown }[];
}

const Edited = createContext<Journey>({ tiles: [] });

/** The journey that is edited, for the suggestions of all fields within. */
export function KnownFrom({ journey, children }: { journey: Journey; children: ReactNode }) {
  return <Edited value={journey}>{children}</Edited>;
}

const SLOWLY = { staleTime: 60_000, retry: false } as const;

/** The lists of users; none as long as they are not known. */
export function useLists(): readonly { id: number; name: string }[] {
  const { data } = useQuery({
    queryKey: ['lists', 'all'],
    queryFn: () => answerOf(api.GET('/api/lists')),
    ...SLOWLY,
  });
  return data?.lists ?? [];
}

export function useListNames(): ListNames {
  const lists = useLists();
  return useMemo(() => Object.fromEntries(lists.map(({ id, name }) => [id, name])), [lists]);
}

/** What triggers bring, by the entry source (docs/events.md). */
const TRIGGER_FIELDS: Partial<Record<EntrySource['source'], string[]>> = {
  event: ['eventName'],
  purchase: ['total', 'shoppingCartItems', 'campaignId', 'createdAt', 'eventName'],
  cartUpdate: ['shoppingCartItems', 'createdAt', 'eventName'],
  listSubscribe: ['listId', 'eventName'],
  listUnsubscribe: ['listId', 'eventName', 'campaignId'],
  schedule: ['scheduledAt', 'listId', 'eventName'],
};
const OF_PROFILE = { email: 'string', userId: 'string', tags: 'array' };
const MENTIONED = /(?:trigger|event|liveData|events|callbacks)\.[A-Za-z_][\w.]*/g;

/** The fields that are known to be there, of these roots. */
export function useFields(roots: readonly Root[]): Suggestion[] {
  const journey = useContext(Edited);
  const profile = useProfileFields();
  const captured = useCaptured(journey);
  return useMemo(() => {
    const ofTrigger = TRIGGER_FIELDS[journey.entry?.source ?? 'api'] ?? [];
    const mentioned = JSON.stringify(journey).match(MENTIONED) ?? [];
    const known = [
      ...Object.entries({ ...OF_PROFILE, ...profile }).map(([name, hint]) => ({
        ...{ value: `profile.${name}`, hint },
      })),
      ...ofTrigger.flatMap((name) => [{ value: `trigger.${name}` }, { value: `event.${name}` }]),
      ...captured,
      ...mentioned.map((value) => ({ value })),
    ];
    const byName = new Map(known.map((one) => [one.value, one]).reverse() as [string, Suggestion][]);
    return known
      .map(({ value }) => byName.get(value)!)
      .filter(
        (one, index, all) =>
          all.indexOf(one) === index && roots.some((root) => one.value.startsWith(`${root}.`)),
      );
  }, [journey, profile, captured, roots]);
}

/** The profile's fields with their types. */
function useProfileFields(): Record<string, string> | undefined {
  const { data } = useQuery({
    queryKey: ['profileFields'],
    queryFn: () => answerOf(api.GET('/api/users/getFields')),
    ...SLOWLY,
  });
  return data?.fields;
}

/** What tiles of the journey capture: live data of webhooks, the events of waits, what callbacks bring. */
function useCaptured({ tiles }: Journey): Suggestion[] {
  const webhooks = useWebhooks(
    tiles.map(({ type, webhookId }) => (type === 'liveData' ? webhookId : undefined)),
  );
  return useMemo(
    () =>
      tiles.flatMap(({ id, type, name, webhookId, callback }) => {
        if (type === 'waitFor') return [{ value: `events.${name ?? id}._arm`, hint: 'number' }];
        if (type === 'webhook') return callback ? [{ value: `callbacks.${id}.` }] : [];
        if (type !== 'liveData') return [];
        const fields = (webhookId && webhooks.get(webhookId)?.liveDataFields) || [];
        return fields.map(({ path, type: hint }) => ({ value: `liveData.${name}.${path}`, hint }));
      }),
    [tiles, webhooks],
  );
}

/** The names of events that the journey mentions, and those of the commerce calls. */
export function useEventNames(): Suggestion[] {
  const journey = useContext(Edited);
  return useMemo(() => {
    const mentioned = [...JSON.stringify(journey).matchAll(/"event(?:Name)?":"((?:[^"\\]|\\.)+)"/g)];
    const names = mentioned.map(([, name]) => JSON.parse(`"${name}"`) as string);
    return [...new Set(['purchase', 'cartUpdate', ...names])].map((value) => ({ value }));
  }, [journey]);
}
