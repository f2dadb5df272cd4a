import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Footprints, Route, Send, UserRound, Webhook } from 'lucide-react';
import { answerOf, api } from '../api/client';
import type { Session } from './session';
import { isolated } from '../words/quoted';

/** Something to go to. */
export interface Command {
  id: string;
  to: string;
  text: string;
  Icon: typeof Webhook;
  keys?: string;
}

const MOST = 5;

/** Ids and emails, as they are pasted. The header webhook-id of a request is the id of its delivery. */
function named(typed: string): Command[] {
  const id = encodeURIComponent(typed);
  if (/^ent_[\w-]+$/.test(typed)) return [command(`/entries/${id}`, `Entry ${typed}`, Footprints)];
  if (/^dlv_[\w-]+$/.test(typed)) return [command(`/deliveries/${id}`, `Delivery ${typed}`, Send)];
  if (!/^\S+@\S+$/.test(typed)) return [];
  return [
    command(`/users/by-email/${id}`, `User ${typed}`, UserRound),
    command(`/entries?user=${id}`, `Entries of ${typed}`, Footprints),
    command(`/deliveries?user=${id}`, `Deliveries to webhooks for ${typed}`, Send),
  ];
}

/** What a text names: an id or an email at once, journeys and webhooks a moment later. */
export function useLookups(typed: string, session: Session): { found: Command[]; isLooking: boolean } {
  const direct = named(typed);
  const isName = typed !== '' && direct.length === 0;
  const query = { name: typed, pageSize: MOST };
  const journeys = useQuery({
    queryKey: ['journeys', 'lookup', typed],
    queryFn: () => answerOf(api.GET('/api/journeys', { params: { query } })),
    enabled: isName,
    placeholderData: keepPreviousData,
  });
  const webhooks = useQuery({
    queryKey: ['webhooks', 'lookup', typed],
    queryFn: () => answerOf(api.GET('/api/journeyWebhooks', { params: { query } })),
    enabled: isName && session.manageIntegrations,
    placeholderData: keepPreviousData,
  });
  if (!isName) return { found: direct, isLooking: false };
  return {
    found: [
      ...(journeys.data?.journeys ?? []).map(({ id, name }) =>
        command(`/journeys/${id}`, `Journey ${isolated(name)}`, Route),
      ),
      ...(webhooks.data?.webhooks ?? []).map(({ id, name }) =>
        command(`/webhooks/${id}`, `Webhook ${isolated(name)}`, Webhook),
      ),
    ],
    isLooking: journeys.isFetching || webhooks.isFetching,
  };
}

function command(to: string, text: string, Icon: Command['Icon']): Command {
  return { id: to, to, text, Icon };
}
