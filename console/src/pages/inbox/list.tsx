import { type FormEvent, useId, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { looking } from '../../api/looking';
import type { paths } from '../../../types/schema';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/overlays/dialog';
import { Empty } from '../../ui/feedback/empty';
import { Failure } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';
import { type Column, Grid } from '../../ui/grid/grid';
import { Notice } from '../../ui/feedback/notice';
import { Page } from '../../ui/page';
import { Time } from '../../ui/time';
import { addressOf, curlOf } from './words';

type Inbox = paths['/api/inbox']['get']['responses'][200]['content']['application/json']['inboxes'][number];

const columns: Column<Inbox>[] = [
  { id: 'name', title: 'Inbox', width: 'minmax(96px, 1fr)', cell: ({ name }) => name },
  {
    id: 'address',
    title: 'Address',
    width: 'minmax(160px, 2fr)',
    isWide: true,
    cell: ({ name }) => <span className="mono">{addressOf(name)}</span>,
  },
  { id: 'requests', title: 'Requests', width: '72px', cell: ({ requests }) => requests.toLocaleString('en') },
  { id: 'lastAt', title: 'Latest', width: '84px', cell: ({ lastAt }) => <Time at={lastAt} /> },
];
const keyOf = ({ name }: Inbox) => name;
const hrefOf = ({ name }: Inbox) => `/inboxes/${name}`;

/** The built-in receivers that have requests. */
export function InboxList() {
  const navigate = useNavigate();
  const [isNaming, setNaming] = useState(false);
  const { data, error, refetch } = useQuery({
    queryKey: ['inboxes'],
    queryFn: () => answerOf(api.GET('/api/inbox')),
    refetchInterval: looking(5_000),
  });
  const open = (
    <Button look="primary" onPress={() => setNaming(true)}>
      Open an inbox
    </Button>
  );
  return (
    <Page title="Inbox" isFull actions={open}>
      <div className="stack">
        <p className="lead">
          Point a webhook at an inbox to see what it sends: every request is recorded and answered. Any name
          is an inbox; the oldest requests go first.
        </p>
        {data?.enabled === false && (
          <Notice tone="warn">
            The inbox is switched off on this server: it records nothing. WAYHOOK_INBOX=true switches it on.
          </Notice>
        )}
      </div>
      {data === undefined && error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : (
        <Grid label="Inboxes" rows={data?.inboxes ?? []} {...{ columns, keyOf, hrefOf }} nameOf={keyOf}>
          {data === undefined ? null : (
            <Empty action={open} curl={curlOf('demo')}>
              No request has come to an inbox yet.
            </Empty>
          )}
        </Grid>
      )}
      {isNaming && (
        <NameInbox
          onClose={() => setNaming(false)}
          onNamed={(name) => void navigate({ to: '/inboxes/$name', params: { name } })}
        />
      )}
    </Page>
  );
}

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

function NameInbox({ onClose, onNamed }: { onClose: () => void; onNamed: (name: string) => void }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  const form = useId();
  function submit(event: FormEvent) {
    event.preventDefault();
    if (NAME.test(name)) onNamed(name);
    else setError('An inbox name has 1 to 64 letters, digits, ., - or _.');
  }
  return (
    <Dialog
      title="Open an inbox"
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={form}>
            Open
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <TextField
          label="Name"
          hint="Whoever knows the name can send to it, so choose one that is not guessed if that matters."
          mono
          autoFocus
          value={name}
          onChange={setName}
          error={error}
        />
      </form>
    </Dialog>
  );
}
