import { useEffect, useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answerOf, api, ApiFault } from '../../../api/client';
import { Button } from '../../../ui/button';
import { CheckField } from '../../../ui/forms/fields';
import { LeaveGuard } from '../../../ui/forms/leave-guard';
import { Notice } from '../../../ui/feedback/notice';
import { Page } from '../../../ui/page';
import { Conflict } from '../../../ui/overlays/conflict';
import { LostRight } from '../../../shell/lost-right';
import { useSession } from '../../../shell/session';
import { AuthenticationSection } from './sections/authentication-section';
import { BodySection } from './sections/body-section';
import { useFaults } from './faults';
import type { SavedWebhook, WebhookInput } from '../words';
import { BLANK, bodyOf, type Draft, draftOf, inputOf, requestKey } from './draft';
import { HeadersSection } from './sections/headers-section';
import { InkitSection } from './sections/inkit-section';
import { LiveDataSection } from './sections/live-data-section';
import type { FoundField } from './live-data-tree';
import { lockAmong, LockNotice, useUsage } from '../lock';
import { PreviewCard, usePreview } from './trying/preview';
import { RequestSection } from './sections/request-section';
import { readSample, type Sample, sampleFor, variablesOf } from './trying/sample';
import { SampleCard } from './trying/sample-card';
import { useSaving } from './save';
import { SigningSecret, SigningSection } from './sections/signing-section';
import { TestSection, useTest } from './trying/test-connection';
import './form.css';

const NO_FIELDS = {};

/** Creates a webhook, or edits a saved one. */
export function WebhookForm({ saved: first }: { saved?: SavedWebhook }) {
  const [saved, setSaved] = useState(first);
  const [draft, setDraft] = useState<Draft>(() => draftOf(first === undefined ? BLANK : inputOf(first)));
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const webhook = useMemo(() => bodyOf(draft), [draft]);
  const began = useMemo(() => (saved === undefined ? bodyOf(draftOf(BLANK)) : inputOf(saved)), [saved]);
  const isDirty = JSON.stringify(webhook) !== JSON.stringify(began);

  const { types, sample, read, variables, typedSample, setTypedSample } = useSample(webhook);
  const tiles = useUsage(saved?.id);
  // The journey whose id a request has.
  const journey = tiles.find(({ published }) => published) ?? tiles[0];
  const preview = usePreview(webhook, read, journey?.journeyId);
  const tested = useTest({ webhook, saved, sample: read, journeyId: journey?.journeyId });
  const [found, setFound] = useState<readonly FoundField[]>();
  const { state } = tested;
  useEffect(() => {
    if (state.is === 'done' && state.result.ok) setFound(state.result.fields as FoundField[]);
  }, [state]);

  const faults = useFaults(draft);
  const faultOf = (path: string) => faults.of(path) ?? whileTyping(path, preview.faults, draft);
  const saving = useSaving({ saved, setSaved, setDraft, webhook, began, faults, tested });
  const lock = lockAmong(tiles);
  const isTestMissing = draft.dataRetrieval && tested.token === undefined && isChanged(webhook, began, saved);
  const isSaved = saved !== undefined && !isDirty;
  const isBlocked = saving.isSaving || isSaved || isTestMissing || lock !== undefined;

  async function runTest() {
    faults.clear();
    const refused = await tested.run();
    if (refused instanceof ApiFault) faults.show(withoutRoot(refused.fields));
  }

  const parts = { draft, change, faultOf, variables };
  return (
    <Page
      title={saved?.name ?? 'Create Journey Webhook'}
      back={{ href: '/webhooks', text: 'Journey Webhooks' }}
    >
      <LeaveGuard hasUnsaved={() => isDirty && !saving.isDone()} />
      <LostRight has={useSession()?.manageIntegrations ?? false} what="webhooks" />
      {lock !== undefined && <LockNotice tile={lock} />}
      {saved?.warnings
        .filter(({ field }) => !field.startsWith('headers'))
        .map(({ field, message }) => (
          <Notice tone="warn" key={field}>
            {message}
          </Notice>
        ))}
      <form
        className="webhook-form"
        aria-label="Journey Webhook"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!isBlocked) void saving.save();
        }}
        // Before the fields: a select lets no key through.
        onKeyDownCapture={(event) => {
          if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 's') return;
          event.preventDefault();
          if (!isBlocked) void saving.save();
        }}
      >
        <div className="form-main">
          <RequestSection {...parts} />
          <AuthenticationSection {...parts} />
          <HeadersSection {...parts} saved={saved} />
          {draft.destination === 'inkit' && <InkitSection {...parts} />}
          <BodySection {...parts} profileFields={Object.keys(types)} />
          <SigningSection draft={draft} change={change} saved={saved} onSecret={saving.setSecret} />
          <section className="card form-section" aria-labelledby="section-retrieval">
            <h2 id="section-retrieval">Response</h2>
            <CheckField
              label="Data Retrieval"
              hint="Live Data tiles read fields of the response. The webhook is saved after a successful test."
              checked={draft.dataRetrieval}
              onChange={(dataRetrieval) => change({ dataRetrieval })}
            />
          </section>
        </div>
        <aside className="form-side" aria-label="Preview and sample">
          <PreviewCard {...preview} {...{ webhook, journey }} />
          <SampleCard
            webhookId={saved?.id}
            sample={sample}
            faults={read.faults}
            onChange={setTypedSample}
            onReset={typedSample && (() => setTypedSample(undefined))}
            hasLiveData={JSON.stringify(webhook).includes('liveData.') || sample.liveData !== '{}'}
          />
        </aside>
        <div className="form-test">
          <TestSection
            tested={tested}
            refused={read.values === undefined ? 'The sample user is not valid JSON.' : undefined}
            onRun={() => void runTest()}
            required={saving.testRequired}
          />
          {draft.dataRetrieval && (
            <LiveDataSection
              found={found}
              chosen={draft.liveDataFields}
              onChange={(liveDataFields) => change({ liveDataFields })}
              error={faults.of('liveDataFields')}
              faultOf={(index) => faults.of(`liveDataFields[${index}].path`)}
            />
          )}
        </div>
        <FormBar
          isSaving={saving.isSaving}
          isSaved={isSaved}
          isBlocked={isBlocked}
          error={saving.error}
          words={barText({
            isTestMissing,
            isDirty,
            isLocked: lock !== undefined,
            isNew: saved === undefined,
          })}
        />
      </form>
      {saving.conflict !== undefined && (
        <Conflict what="this webhook" {...saving.conflict}>
          “Take theirs” drops what you changed; “Keep mine” puts your form in place of theirs.
          {saving.conflict.choices.length > 2 &&
            ' You changed other fields than they did: “Keep both” saves all of it.'}
        </Conflict>
      )}
      {saving.secret !== undefined && <SigningSecret secret={saving.secret} onClose={saving.closeSecret} />}
    </Page>
  );
}

/** The sample user: what the templates read, until somebody types one. */
function useSample(webhook: WebhookInput) {
  const { data: { fields: types } = { fields: NO_FIELDS } } = useQuery({
    queryKey: ['profile-fields'],
    queryFn: () => answerOf(api.GET('/api/users/getFields')),
    staleTime: 60_000,
  });
  const [typedSample, setTypedSample] = useState<Sample>();
  const sample = useMemo(() => typedSample ?? sampleFor(webhook, types), [typedSample, webhook, types]);
  const read = useMemo(() => readSample(sample), [sample]);
  const variables = useMemo(() => variablesOf(types, read), [types, read]);
  return { types, sample, read, variables, typedSample, setTypedSample };
}

interface FormBarProps {
  isSaving: boolean;
  isSaved: boolean;
  isBlocked: boolean;
  error: string | undefined;
  words: string;
}

/** At the foot, wherever one is in the form: whether it is saved, why it was not, and how to. */
function FormBar({ isSaving, isSaved, isBlocked, error, words }: FormBarProps) {
  return (
    <footer className="form-bar card">
      <div className="form-bar-words">
        {error !== undefined ? (
          <p className="error" role="alert">
            {error}
          </p>
        ) : (
          <p className="hint">{words}</p>
        )}
      </div>
      <Link to="/webhooks" className="btn plain">
        Cancel
      </Link>
      <Button type="submit" look="primary" isDisabled={isBlocked}>
        {isSaving ? 'Saving…' : isSaved ? 'Saved' : 'Save'}
      </Button>
    </footer>
  );
}

interface BarState {
  isTestMissing: boolean;
  isDirty: boolean;
  isLocked: boolean;
  isNew: boolean;
}

function barText(state: BarState): string {
  if (state.isLocked) return 'It cannot be saved while a published journey reads its live data.';
  if (state.isTestMissing)
    return 'Data Retrieval needs a successful test of this request before it is saved.';
  if (state.isNew) return 'It is not saved yet. Ctrl S saves it.';
  return state.isDirty ? 'You have changes that are not saved. Ctrl S saves them.' : 'Everything is saved.';
}

/** Whether the request differs from the saved one, which was tested. */
function isChanged(webhook: WebhookInput, began: WebhookInput, saved: SavedWebhook | undefined): boolean {
  return saved === undefined || requestKey(webhook) !== requestKey(began);
}

/** What the preview finds, but not about what somebody has only begun to type. */
function whileTyping(path: string, faults: Record<string, string>, { endpoint }: Draft): string | undefined {
  if (path === 'endpoint' && /^h?t?t?p?s?:?\/?\/?$/i.test(endpoint)) return undefined;
  return /^(?:endpoint|headers|body|inkit\.fields)/.test(path) ? faults[path] : undefined;
}

/** A test names fields below `webhook`. */
function withoutRoot(fields: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([path, text]) => [path.replace(/^webhook\./, ''), text]),
  );
}
