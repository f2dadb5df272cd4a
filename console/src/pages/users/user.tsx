import { useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMayChangeUsers } from '../../shell/rights';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/feedback/empty';
import { Fact, Facts } from '../../ui/facts';
import { NotYet } from '../../ui/feedback/not-yet';
import { ActionMenu } from '../../ui/overlays/menu';
import { Page } from '../../ui/page';
import { Time } from '../../ui/time';
import { Consents } from './parts/consents';
import { useDownload } from '../../ui/overlays/download';
import { readUser } from './transfer/stored';
import { ChangeEmail } from './parts/email';
import { Entries } from './parts/entries';
import { EraseUser } from './parts/erase';
import { Events } from './parts/events';
import { type Identity, useIdentity } from './names';
import { Profile } from './parts/profile';
import { type User, userQuery } from './queries';
import { Tags } from './parts/tags';
import { TriggerJourney } from './parts/trigger';
import { ListsOfUser } from './parts/user-lists';
import './user.css';

const BACK = { href: '/users', text: 'Users' };

export function UserPage() {
  const identity = useIdentity();
  const { data: user, error, refetch } = useQuery(userQuery(identity));
  const name = 'email' in identity ? identity.email : identity.userId;
  if (user === undefined) {
    return (
      <Page title={name} back={BACK}>
        <NotYet error={error} onRetry={() => void refetch()} />
      </Page>
    );
  }
  if (user === null) {
    return (
      <Page title={name} back={BACK}>
        <Empty>There is no such user. They were erased, or the address is not whole.</Empty>
      </Page>
    );
  }
  return <Known identity={identity} user={user} />;
}

type Open = 'trigger' | 'email' | 'erase';

function Known({ identity, user }: { identity: Identity; user: User }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const mayChange = useMayChangeUsers();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const { download: fetchFile, dialog } = useDownload();
  const { signupDate, profileUpdatedAt } = user.dataFields;
  const download = {
    id: 'download',
    text: 'Download what is stored',
    run: () => fetchFile({ name: 'user.json', read: () => readUser(queries, identity) }),
  };
  return (
    <Page
      title={user.email || user.userId!}
      back={BACK}
      actions={
        <>
          <ActionMenu
            label="More"
            actions={[
              download,
              ...(mayChange
                ? [
                    {
                      id: 'email',
                      text: user.email === '' ? 'Set an email' : 'Change the email',
                      run: () => setOpen('email'),
                    },
                    { id: 'erase', text: 'Erase the user', isDanger: true, run: () => setOpen('erase') },
                  ]
                : []),
            ]}
          >
            <Button>More</Button>
          </ActionMenu>
          {mayChange && (
            <Button look="primary" onPress={() => setOpen('trigger')}>
              Send into a journey
            </Button>
          )}
        </>
      }
    >
      <Facts>
        <Fact name="Email">{user.email === '' ? <span className="none">None</span> : user.email}</Fact>
        <Fact name="userId">{user.userId ?? <span className="none">None</span>}</Fact>
        <Fact name="Created">
          <Time at={timeIn(signupDate)} />
        </Fact>
        <Fact name="Updated">
          <Time at={timeIn(profileUpdatedAt)} />
        </Fact>
      </Facts>
      <div className="user-parts">
        <div className="stack">
          <Profile identity={identity} user={user} mayChange={mayChange} />
          <Entries identity={identity} />
          <Events identity={identity} mayChange={mayChange} />
        </div>
        <div className="stack">
          <Tags identity={identity} tags={user.tags ?? []} mayChange={mayChange} />
          <ListsOfUser identity={identity} mayChange={mayChange} />
          <Consents identity={identity} mayChange={mayChange} />
        </div>
      </div>
      {dialog}
      {open === 'trigger' && <TriggerJourney target={identity} onClose={close} />}
      {open === 'email' && (
        <ChangeEmail
          user={user}
          onClose={close}
          onChanged={(email) =>
            void navigate({ to: '/users/by-email/$email', params: { email }, replace: true })
          }
        />
      )}
      {open === 'erase' && (
        <EraseUser identity={identity} onClose={close} onErased={() => void navigate({ to: '/users' })} />
      )}
    </Page>
  );
}

/** `2025-01-31 09:30:00 +00:00`, as Iterable has it, or as the user has set it. */
function timeIn(value: unknown): string | undefined {
  const at = typeof value === 'string' ? Date.parse(value.replace(/^(\S+) (\S+) /, '$1T$2')) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
