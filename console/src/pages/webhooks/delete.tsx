import { useRef } from 'react';
import { useQueries } from '@tanstack/react-query';
import { answerOf, api, ApiFault } from '../../api/client';
import { ifMatch, type Stale, staleIn } from '../../api/revisions';
import { messageOf } from '../../ui/feedback/failure';
import { Confirm } from '../../ui/overlays/dialog';
import { toast } from '../../ui/feedback/toast';
import type { Webhook } from './words';
import { isolated, quoted } from '../../words/quoted';

interface DeleteProps {
  webhooks: Webhook[];
  onClose: () => void;
  onDeleted: () => void;
}

/** Lists the tiles whose users exit when they reach them (B125, B126), and says which webhooks could not be deleted. */
export function DeleteWebhooks({ webhooks, onClose, onDeleted }: DeleteProps) {
  const usages = useQueries({
    queries: webhooks.map(({ id }) => ({
      queryKey: ['webhook', id, 'usage'],
      queryFn: () => answerOf(api.GET('/api/journeyWebhooks/{id}/usage', { params: { path: { id } } })),
    })),
  });
  const tiles = usages.flatMap(({ data }) => data?.tiles ?? []);
  const left = useRef(webhooks);
  /** Revisions that came after those of the list, of which somebody has read here. */
  const known = useRef(new Map<number, number>());
  const [only] = webhooks;
  const what = webhooks.length === 1 ? quoted(only!.name) : `${webhooks.length} webhooks`;

  /** One by one: what somebody changed since the list showed it stays, and is deleted at the second try. */
  async function remove(now?: number) {
    const failures: string[] = [];
    let deleted = 0;
    for (const webhook of left.current) {
      const revision = now ?? known.current.get(webhook.id) ?? webhook.revision;
      try {
        await api.DELETE('/api/journeyWebhooks/{id}', {
          params: { path: { id: webhook.id }, header: ifMatch(revision) },
        });
        deleted += 1;
        left.current = left.current.filter(({ id }) => id !== webhook.id);
      } catch (fault) {
        if (webhooks.length === 1) throw fault;
        const stale = staleIn(fault);
        if (stale) known.current.set(webhook.id, stale.revision);
        failures.push(`${isolated(webhook.name)}: ${stale ? staleText(stale) : messageOf(fault)}`);
      }
    }
    if (deleted > 0) {
      onDeleted();
      toast(deleted === 1 ? 'Deleted 1 webhook.' : `Deleted ${deleted} webhooks.`);
    }
    if (failures.length > 0) throw new ApiFault(409, 'Conflict', failures.join('\n'), null);
  }

  return (
    <Confirm title={`Delete ${what}?`} action={`Delete ${what}`} onConfirm={remove} onClose={onClose}>
      <p>This cannot be undone.</p>
      {tiles.length > 0 && (
        <>
          <p>
            These tiles call {webhooks.length === 1 ? 'it' : 'them'}. Users who reach one exit the journey
            there:
          </p>
          <ul className="plain-list">
            {tiles.map(({ journeyId, journeyName, version, tileId, activeEntries }) => (
              <li key={`${journeyId}/${version}/${tileId}`}>
                <strong>{isolated(journeyName)}</strong>, tile {quoted(tileId)}
                {activeEntries > 0 &&
                  `, ${activeEntries.toLocaleString('en')} ${activeEntries === 1 ? 'user' : 'users'} under way`}
              </li>
            ))}
          </ul>
        </>
      )}
    </Confirm>
  );
}

function staleText({ changes }: Stale): string {
  const who = [...new Set(changes.map(({ actor }) => actor.name))].join(', ');
  return `${who || 'Somebody'} changed it meanwhile. Delete again to delete it all the same.`;
}
