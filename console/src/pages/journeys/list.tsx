import { useDeferredValue, useState } from 'react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { answerOf, api, editableAnswerOf } from '../../api/client';
import { useRows } from '../../api/rows';
import type { paths } from '../../../types/schema';
import { useSession } from '../../shell/session';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/feedback/empty';
import { Failure, messageOf } from '../../ui/feedback/failure';
import { SelectField } from '../../ui/forms/select-field';
import { type Column, Grid } from '../../ui/grid/grid';
import type { Action } from '../../ui/overlays/action';
import { Notice } from '../../ui/feedback/notice';
import { Page } from '../../ui/page';
import { SearchBox } from '../../ui/grid/search-box';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { type EntrySource, entryWords } from '../../words/journeys';
import { ArchiveJourney, UnpublishJourney } from './archive';
import { bodyOf, draftOf, type Journey as Whole } from './draft/draft';
import { NewJourney } from './new-journey';
import { useListNames } from './parts/known';
import { StatusBadge } from './status-badge';
import { quoted } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

type Journey =
  paths['/api/journeys']['get']['responses'][200]['content']['application/json']['journeys'][number];

function Entry({ entry }: { entry: Journey['entry'] }) {
  const text = entryWords(entry as EntrySource, useListNames());
  return <span title={text}>{text}</span>;
}

const columns: Column<Journey>[] = [
  {
    id: 'name',
    title: 'Name',
    width: 'minmax(88px, 2fr)',
    cell: ({ name, users }) => (
      <>
        {name}
        <span className="under">
          {users === 1 ? '1 user inside' : `${users.toLocaleString('en')} users inside`}
        </span>
      </>
    ),
  },
  { id: 'status', title: 'Status', width: '96px', cell: ({ status }) => <StatusBadge status={status} /> },
  {
    id: 'entry',
    title: 'Users enter',
    width: 'minmax(160px, 2fr)',
    isWide: true,
    cell: ({ entry }) => <Entry entry={entry} />,
  },
  {
    id: 'users',
    title: 'Users inside',
    width: '96px',
    isWide: true,
    cell: ({ users }) => (users === 0 ? <span className="none">–</span> : users.toLocaleString('en')),
  },
  {
    id: 'updatedAt',
    title: 'Updated',
    width: '96px',
    isWide: true,
    cell: ({ updatedAt }) => <Time at={new Date(updatedAt).toISOString()} />,
  },
];
const STATES = [
  { value: 'all', text: 'All but archived' },
  { value: 'Published', text: 'Published' },
  { value: 'Draft', text: 'Draft' },
  { value: 'Archived', text: 'Archived' },
] as const;
const CURL = `curl -X POST ${location.origin}/api/journeys \\
  -H "Api-Key: $WAYHOOK_API_KEY" -H "Content-Type: application/json" \\
  -d '{"name": "Welcome", "tiles": [{"id": "wait", "type": "delay", "for": "1 day"}]}'`;
const idOf = ({ id }: Journey) => id;
const nameOf = ({ name }: Journey) => name;
const hrefOf = ({ id }: Journey) => `/journeys/${id}`;
const PAGE_SIZE = 50;

/** Pages have numbers here, as in the list of Iterable. */
async function loadPage(name: string, state: Exclude<State, 'all'> | undefined, pageToken = '1') {
  const page = Number(pageToken);
  const query = {
    page,
    pageSize: PAGE_SIZE,
    sort: '-updatedAt',
    ...(name && { name }),
    ...(state && { state }),
  };
  const { journeys, nextPageUrl } = await answerOf(api.GET('/api/journeys', { params: { query } }));
  return { rows: journeys, ...(nextPageUrl && { nextPageToken: String(page + 1) }) };
}

type State = (typeof STATES)[number]['value'];

export function JourneyList() {
  const { name = '', status } = useSearch({ from: '/shell/journeys' });
  const navigate = useNavigate({ from: '/journeys' });
  const queries = useQueryClient();
  const session = useSession();
  const canEdit = session?.person.role !== 'viewer';
  const [isNew, setNew] = useState(false);
  const [asked, setAsked] = useState<{ journey: Journey; what: 'unpublish' | 'archive' }>();
  const [failure, setFailure] = useState<unknown>();
  const wanted = useDeferredValue(name);
  const state = STATES.find(({ value }) => value === status && value !== 'all')?.value as
    Exclude<State, 'all'> | undefined;
  const list = useRows({
    queryKey: ['journeys', wanted, state],
    load: (pageToken) => loadPage(wanted, state, pageToken),
    keyOf: idOf,
  });
  const filter = (changed: { name?: string; status?: string }, replace = false) =>
    void navigate({ search: (before) => ({ ...before, ...changed }), replace });
  const reload = () => queries.invalidateQueries({ queryKey: ['journeys'] });

  async function tried(change: Promise<string>) {
    setFailure(undefined);
    try {
      toast(await change);
      await reload();
    } catch (error) {
      setFailure(error);
    }
  }

  const actionsOf = (journey: Journey): Action[] => [
    { id: 'duplicate', text: 'Duplicate', run: () => void tried(duplicate(journey)) },
    ...(journey.status === 'published'
      ? [{ id: 'unpublish', text: 'Unpublish…', run: () => setAsked({ journey, what: 'unpublish' }) }]
      : []),
    ...(journey.isArchived
      ? []
      : [
          {
            id: 'publish',
            text: 'Publish…',
            run: () => void navigate({ href: `${hrefOf(journey)}?panel=publish` }),
          },
          {
            id: 'archive',
            text: 'Archive…',
            isDanger: true,
            run: () => setAsked({ journey, what: 'archive' }),
          },
        ]),
  ];

  const newButton = canEdit && (
    <Button look="primary" onPress={() => setNew(true)}>
      <Plus size={16} aria-hidden /> New journey
    </Button>
  );
  return (
    <Page title="Journeys" actions={newButton} isFull>
      <div className="filters">
        <SearchBox
          label="Search by name"
          value={name}
          onChange={(typed) => filter({ name: typed || undefined }, true)}
        />
        <SelectField
          label="Status"
          isLabelHidden
          value={state ?? 'all'}
          choices={STATES}
          onChange={(chosen) => filter({ status: chosen === 'all' ? undefined : chosen })}
        />
        <Tally list={list} one="journey" many="journeys" />
        {failure !== undefined && (
          <Notice tone="bad" isNew>
            {messageOf(failure)}
          </Notice>
        )}
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="Journeys"
          rows={list.rows}
          {...{ columns, nameOf, hrefOf }}
          keyOf={idOf}
          onEnd={list.onEnd}
          actionsOf={canEdit ? actionsOf : undefined}
        >
          {list.isLoading ? null : name === '' && state === undefined ? (
            <Empty curl={CURL} action={newButton}>
              A journey leads each user through tiles: calls, waits, splits. There is none yet.
            </Empty>
          ) : (
            <Empty>No journey is like this.</Empty>
          )}
        </Grid>
      )}
      {isNew && <NewJourney onClose={() => setNew(false)} />}
      {asked?.what === 'unpublish' && (
        <UnpublishJourney
          journey={asked.journey}
          onDone={() => void reload()}
          onClose={() => setAsked(undefined)}
        />
      )}
      {asked?.what === 'archive' && (
        <ArchiveJourney
          journey={asked.journey}
          onDone={() => void reload()}
          onClose={() => setAsked(undefined)}
        />
      )}
    </Page>
  );
}

/** A draft with the same tiles. Secrets are not copied: no page has them. */
async function duplicate({ id }: Journey): Promise<string> {
  const { name, ...draft } = draftOf(
    await editableAnswerOf<Whole>(
      api.GET('/api/journeys/{id}', { params: { path: { id } }, parseAs: 'text' }),
    ),
  );
  const { id: _id, ...copy } = bodyOf({ ...draft, name: `Copy of ${name}`.slice(0, 200) });
  const made = await answerOf(api.POST('/api/journeys', { body: copy }));
  return `Duplicated as ${quoted(made.name)}.`;
}
