import { useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answerOf, api, ApiFault, editableAnswerOf } from '../../../api/client';
import { ifMatch, type Stale, staleIn } from '../../../api/revisions';
import { messageOf } from '../../../ui/feedback/failure';
import { toast } from '../../../ui/feedback/toast';
import type { SavedWebhook, WebhookInput } from '../words';
import { type Draft, draftOf, inputOf, requestKey } from './draft';
import type { Faults } from './faults';
import type { Tested } from './trying/test-connection';
import { quoted } from '../../../words/quoted';

type Answer = SavedWebhook & { signing: { secret?: string } };

/** Creates the webhook, or replaces the one with this id if it still has this revision. */
function useSave() {
  const queries = useQueryClient();
  const [isSaving, setSaving] = useState(false);

  async function save(webhook: WebhookInput, known?: { id: number; revision: number }, testToken?: string) {
    const body = { ...webhook, ...(testToken !== undefined && { testToken }) };
    setSaving(true);
    try {
      const saved: Answer = await answerOf(
        known === undefined
          ? api.POST('/api/journeyWebhooks', { body })
          : api.PUT('/api/journeyWebhooks/{id}', {
              params: { path: { id: known.id }, header: ifMatch(known.revision) },
              body,
            }),
      );
      await queries.invalidateQueries({ queryKey: ['webhooks'] });
      return saved;
    } finally {
      setSaving(false);
    }
  }

  return { save, isSaving };
}

export function readWebhook(id: number): Promise<SavedWebhook> {
  return editableAnswerOf(
    api.GET('/api/journeyWebhooks/{id}', { params: { path: { id } }, parseAs: 'text' }),
  );
}

type Field = keyof WebhookInput;

/**
 * Both changes of one webhook in one; undefined where they touch the same field, or none was made on one side. What
 * each side changed is seen by what both began with.
 */
function bothOf(began: WebhookInput, mine: WebhookInput, theirs: SavedWebhook): WebhookInput | undefined {
  const other = inputOf(theirs);
  const changed = (webhook: WebhookInput) =>
    FIELDS.filter((field) => JSON.stringify(webhook[field]) !== JSON.stringify(began[field]));
  const [own, others] = [changed(mine), changed(other)];
  if (own.some((field) => others.includes(field))) return undefined;
  return { ...other, ...Object.fromEntries(own.map((field) => [field, mine[field]])) };
}

const FIELDS: readonly Field[] = [
  ...(['name', 'destination', 'method', 'endpoint', 'authentication', 'inkit', 'headers'] as const),
  ...(['bodyType', 'body', 'includeEmailAndWorkflowId', 'userFields', 'signing'] as const),
  ...(['dataRetrieval', 'liveDataFields'] as const),
];

interface Saving {
  saved: SavedWebhook | undefined;
  setSaved: (saved: SavedWebhook) => void;
  setDraft: (draft: Draft) => void;
  webhook: WebhookInput;
  began: WebhookInput;
  faults: Faults;
  tested: Tested;
}

/** Saving, and what may stand in its way. */
export function useSaving({ saved, setSaved, setDraft, webhook, began, faults, tested }: Saving) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { save, isSaving } = useSave();
  const [error, setError] = useState<string>();
  const [testRequired, setTestRequired] = useState<string>();
  const [secret, setSecret] = useState<string>();
  const [conflict, setConflict] = useState<{ stale: Stale; theirs: SavedWebhook }>();
  const isDone = useRef(false);
  // Opened once it is saved, and once a secret was seen.
  const [madeId, setMadeId] = useState<number>();
  const open = (id: number) => navigate({ to: '/webhooks/$id', params: { id: String(id) }, replace: true });

  async function write(input: WebhookInput, revision = saved?.revision): Promise<void> {
    const known = saved === undefined ? undefined : { id: saved.id, revision: revision! };
    const isSame = requestKey(input) === requestKey(webhook);
    const answer = await save(input, known, input.dataRetrieval && isSame ? tested.token : undefined);
    const { secret: shownOnce, ...signing } = answer.signing;
    const kept = { ...answer, signing };
    queries.setQueryData(['webhook', String(answer.id)], kept);
    tested.carry(input, kept);
    setSaved(kept);
    setDraft(draftOf(inputOf(kept)));
    toast(saved === undefined ? `Created ${quoted(answer.name)}.` : 'Saved.');
    if (shownOnce !== undefined) setSecret(shownOnce);
    if (saved !== undefined) return;
    isDone.current = true;
    if (shownOnce === undefined) await open(answer.id);
    else setMadeId(answer.id);
  }

  async function failed(failure: unknown) {
    if (!(failure instanceof ApiFault)) return setError(messageOf(failure));
    const stale = staleIn(failure);
    if (stale && saved !== undefined) return setConflict({ stale, theirs: await readWebhook(saved.id) });
    // A tile that came meanwhile may lock it.
    if (failure.status === 409)
      void queries.invalidateQueries({ queryKey: ['webhook', String(saved?.id), 'usage'] });
    faults.show(failure.fields);
    if (failure.code !== 'TestRequired') {
      const count = Object.keys(failure.fields).length;
      return setError(
        count > 0
          ? `Not saved: ${count === 1 ? 'one field needs' : `${count} fields need`} your attention.`
          : failure.message,
      );
    }
    setTestRequired(failure.message.split(' Test the webhook')[0]);
    setError('Not saved: test the webhook first.');
    document.getElementById('test-connection')?.scrollIntoView({ block: 'center' });
  }

  async function tryTo(act: () => Promise<void>) {
    setError(undefined);
    setTestRequired(undefined);
    faults.clear();
    try {
      await act();
    } catch (failure) {
      await failed(failure).catch((other: unknown) => setError(messageOf(other)));
    }
  }

  /** Whatever is written was compared with theirs: what came after that is refused again. */
  function choicesFor(theirs: SavedWebhook) {
    const both = bothOf(began, webhook, theirs);
    async function takeTheirs() {
      setSaved(theirs);
      setDraft(draftOf(inputOf(theirs)));
    }
    const put = (input: WebhookInput) => () => tryTo(() => write(input, theirs.revision));
    return [
      { text: 'Take theirs', run: takeTheirs },
      { text: 'Keep mine', look: both ? ('plain' as const) : ('danger' as const), run: put(webhook) },
      ...(both ? [{ text: 'Keep both', look: 'primary' as const, run: put(both) }] : []),
    ];
  }

  return {
    isSaving,
    error,
    testRequired,
    secret,
    setSecret,
    isDone: () => isDone.current,
    save: () => tryTo(() => write(webhook)),
    closeSecret() {
      setSecret(undefined);
      if (madeId !== undefined) void open(madeId);
    },
    conflict: conflict && {
      stale: conflict.stale,
      choices: choicesFor(conflict.theirs),
      // A second conflict may have come meanwhile.
      onClose: () => setConflict((now) => (now === conflict ? undefined : now)),
    },
  };
}
