import { useCallback, useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { UserRoundPlus } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { ifMatch } from '../../api/revisions';
import { useRows } from '../../api/rows';
import { useSession } from '../../shell/session';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Confirm } from '../../ui/overlays/dialog';
import { Failure } from '../../ui/feedback/failure';
import { type Column, Grid } from '../../ui/grid/grid';
import { SecretOnce } from '../../ui/overlays/secret-once';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { exactTime } from '../../words/time';
import { PersonForm } from './person-form';
import { SettingsPage } from './settings-page';
import { type Person, roleText } from './words';
import { isolated } from '../../words/quoted';
import { Tally } from '../../ui/grid/tally';

const idOf = ({ id }: Person) => id;
const nameOf = ({ name }: Person) => name;

/** A link that was just made, and for whom. */
interface Link {
  person: Person;
  link: string;
  expiresAt: string;
}

/** Who may sign in. */
export function People() {
  const { edit } = useSearch({ from: '/shell/settings/people' });
  const navigate = useNavigate({ from: '/settings/people' });
  const queries = useQueryClient();
  const session = useSession();
  const [link, setLink] = useState<Link>();
  const [asked, setAsked] = useState<{ person: Person; what: 'remove' | 'link' }>();
  const list = useRows({
    queryKey: ['people'],
    load: async (pageToken) => {
      const query = { pageSize: 200, ...(pageToken && { pageToken }) };
      const page = await answerOf(api.GET('/api/people', { params: { query } }));
      return { ...page, rows: page.people };
    },
    keyOf: idOf,
  });
  const ownId = session?.person.id;
  const isAdmin = session?.person.role === 'admin';
  const columns = useMemo(() => columnsFor(ownId), [ownId]);
  const open = useCallback(
    (value: string | undefined) => void navigate({ search: { edit: value } }),
    [navigate],
  );
  const edited = list.rows.find(({ id }) => String(id) === edit);

  async function reload() {
    await queries.invalidateQueries({ queryKey: ['people'] });
  }

  async function makeLink(person: Person) {
    const path = { id: person.id };
    const made = await answerOf(api.POST('/api/people/{id}/invite', { params: { path } }));
    setLink({ person, ...made });
  }

  async function onSaved(person: Person, isNew: boolean) {
    open(undefined);
    await reload();
    // Their own name and role stand in the sidebar.
    if (person.id === ownId) await queries.invalidateQueries({ queryKey: ['session'] });
    if (isNew) await makeLink(person).catch(() => setAsked({ person, what: 'link' }));
    else toast(`Saved ${isolated(person.name)}.`);
  }

  async function remove({ id, name, revision }: Person, now = revision) {
    await api.DELETE('/api/people/{id}', { params: { path: { id }, header: ifMatch(now) } });
    await reload();
    toast(`Removed ${isolated(name)}.`);
  }

  function actionsOf(person: Person) {
    const isSelf = person.id === ownId;
    const askLink = () => setAsked({ person, what: 'link' });
    return [
      { id: 'change', text: 'Change', run: () => open(String(person.id)) },
      { id: 'link', text: person.hasPassword ? 'New link for a lost password' : 'New link', run: askLink },
      {
        id: 'sessions',
        text: 'Their sessions',
        run: () => void navigate({ to: '/settings/sessions', search: { person: String(person.id) } }),
      },
      {
        id: 'log',
        text: 'What they changed',
        run: () => void navigate({ to: '/settings/audit-log', search: { actor: `person:${person.id}` } }),
      },
      {
        id: 'remove',
        text: 'Remove',
        isDanger: true,
        run: () => setAsked({ person, what: 'remove' }),
        refused: isSelf ? 'This is you. Another administrator can remove you.' : undefined,
      },
    ];
  }

  const add = isAdmin && (
    <Button look="primary" onPress={() => open('new')}>
      <UserRoundPlus size={16} aria-hidden /> Add a person
    </Button>
  );
  return (
    <SettingsPage title="People" actions={add} isFull>
      <div className="filters">
        <p className="lead">Who may sign in, and what they may do.</p>
        <Tally list={list} one="person" many="people" />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <Grid
          label="People"
          rows={list.rows}
          {...{ columns, nameOf }}
          keyOf={idOf}
          onEnd={list.onEnd}
          actionsOf={isAdmin ? actionsOf : undefined}
        />
      )}
      {edit === 'new' && (
        <PersonForm onClose={() => open(undefined)} onSaved={(person) => void onSaved(person, true)} />
      )}
      {edited !== undefined && (
        <PersonForm
          key={edited.id}
          person={edited}
          onClose={() => open(undefined)}
          onSaved={(person) => void onSaved(person, false)}
          onTakeTheirs={async () => {
            open(undefined);
            await reload();
          }}
        />
      )}
      {asked?.what === 'remove' && (
        <Confirm
          title={`Remove ${isolated(asked.person.name)}?`}
          action="Remove"
          onConfirm={(now) => remove(asked.person, now)}
          onClose={() => setAsked(undefined)}
        >
          <p>
            {asked.person.email} is signed out everywhere at once, and can sign in no longer. A link that they
            have not used works no longer. What they made stays, and the audit log keeps their name.
          </p>
        </Confirm>
      )}
      {asked?.what === 'link' && (
        <Confirm
          title={`Make a link for ${isolated(asked.person.name)}?`}
          action="Make the link"
          isHarmless
          onConfirm={() => makeLink(asked.person)}
          onClose={() => setAsked(undefined)}
        >
          <p>
            With it they set a new password, once, within three days. It replaces an earlier link. Their old
            password works until then; afterwards their other sessions end.
          </p>
        </Confirm>
      )}
      {link !== undefined && (
        <SecretOnce
          title={`A link for ${isolated(link.person.name)}`}
          label="One-time link"
          secret={link.link}
          onClose={() => setLink(undefined)}
        >
          Give it to {link.person.email} yourself: Wayhook sends no mail. With it they set a password and sign
          in. It works once, until {exactTime(link.expiresAt)}.
        </SecretOnce>
      )}
    </SettingsPage>
  );
}

function columnsFor(ownId: number | undefined): Column<Person>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      width: 'minmax(140px, 2fr)',
      cell: ({ id, name, email, role }) => (
        <span className="person">
          <strong className="row-name">{isolated(name)}</strong>
          {id === ownId && <Badge tone="info">You</Badge>}
          <span className="under">
            {roleText(role)} · {email}
          </span>
        </span>
      ),
    },
    {
      id: 'email',
      title: 'Email',
      width: 'minmax(160px, 2fr)',
      isWide: true,
      cell: ({ email }) => <span title={email}>{email}</span>,
    },
    { id: 'role', title: 'Role', width: '120px', isWide: true, cell: ({ role }) => roleText(role) },
    {
      id: 'state',
      title: 'State',
      width: '104px',
      // Who signs in with an identity provider needs no password.
      cell: ({ hasPassword, signedInAt }) =>
        hasPassword || signedInAt !== null ? (
          <Badge tone="good">Active</Badge>
        ) : (
          <Badge tone="held">Invited</Badge>
        ),
    },
    {
      id: 'signedInAt',
      title: 'Last sign-in',
      width: '112px',
      isWide: true,
      cell: ({ signedInAt }) => <Time at={signedInAt} />,
    },
    {
      id: 'createdAt',
      title: 'Added',
      width: '112px',
      isWide: true,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ];
}
