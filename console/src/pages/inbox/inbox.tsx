import { useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { answerOf, api, faultIn, unreachable } from '../../api/client';
import { useRows } from '../../api/rows';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/code';
import { Confirm } from '../../ui/overlays/dialog';
import { WithDrawer } from '../../ui/overlays/drawer';
import { Empty } from '../../ui/feedback/empty';
import { Failure, messageOf } from '../../ui/feedback/failure';
import { Notice } from '../../ui/feedback/notice';
import { type Column, Grid } from '../../ui/grid/grid';
import { NewRows } from '../../ui/grid/new-rows';
import { Page } from '../../ui/page';
import { Time } from '../../ui/time';
import { toast } from '../../ui/feedback/toast';
import { bytes } from '../../words/bytes';
import { type InboxRequest, RequestDrawer } from './request';
import { addressOf, curlOf } from './words';
import './inbox.css';

/** The part of the address that the sender chose. */
function pathOf({ url }: InboxRequest): string {
  return url.replace(/^\/inbox\/[^/?]+/, '') || '/';
}

const columns: Column<InboxRequest>[] = [
  {
    id: 'request',
    title: 'Request',
    width: 'minmax(120px, 2fr)',
    cell: (request) => (
      <>
        <span className="method">{request.method}</span> <span className="mono">{pathOf(request)}</span>
      </>
    ),
  },
  {
    id: 'body',
    title: 'Body',
    width: 'minmax(120px, 3fr)',
    isWide: true,
    cell: ({ body }) =>
      body === '' ? <span className="none">–</span> : <span className="mono">{body.slice(0, 300)}</span>,
  },
  { id: 'size', title: 'Size', width: '88px', isWide: true, cell: ({ bodyBytes }) => bytes(bodyBytes) },
  { id: 'receivedAt', title: 'Received', width: '112px', cell: ({ receivedAt }) => <Time at={receivedAt} /> },
];
const keyOf = ({ id }: InboxRequest) => id;
const nameOf = (request: InboxRequest) => `${request.method} ${pathOf(request)}`;

export function InboxPage() {
  const { name } = useParams({ from: '/shell/inboxes/$name' });
  const { open } = useSearch({ from: '/shell/inboxes/$name' });
  const navigate = useNavigate({ from: '/inboxes/$name' });
  const queries = useQueryClient();
  const [isEmptying, setEmptying] = useState(false);
  const [fault, setFault] = useState<unknown>();
  const list = useRows({
    queryKey: ['inbox', name],
    load: async (pageToken) => {
      const params = { path: { name }, query: { pageSize: 100, ...(pageToken && { pageToken }) } };
      const { requests, ...next } = await answerOf(api.GET('/api/inbox/{name}', { params }));
      return { ...next, rows: requests };
    },
    keyOf,
    isLive: true,
  });
  const hrefOf = useMemo(
    () =>
      ({ id }: InboxRequest) =>
        `/inboxes/${name}?open=${id}`,
    [name],
  );
  const close = () => void navigate({ search: {} });

  async function sendOne() {
    setFault(undefined);
    try {
      const answer = await fetch(addressOf(name), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ hello: 'world' }),
      }).catch(() => {
        throw unreachable();
      });
      if (!answer.ok) throw faultIn(answer.status, await answer.text());
      list.showNew();
    } catch (error) {
      setFault(error);
    }
  }

  async function empty() {
    await api.DELETE('/api/inbox/{name}', { params: { path: { name } } });
    close();
    await queries.resetQueries({ queryKey: ['inbox', name] });
    toast(`Emptied the inbox ${name}.`);
  }

  const send = (
    <Button onPress={() => void sendOne()}>
      <Send size={14} aria-hidden /> Send a request
    </Button>
  );
  return (
    <Page
      title={name}
      back={{ href: '/inboxes', text: 'Inbox' }}
      isFull
      actions={
        <>
          {list.rows.length > 0 && (
            <Button look="danger" onPress={() => setEmptying(true)}>
              Empty the inbox
            </Button>
          )}
          {send}
        </>
      }
    >
      <div className="stack">
        <Help name={name} />
        {fault !== undefined && (
          <Notice tone="bad" isNew>
            {messageOf(fault)}
          </Notice>
        )}
        <NewRows count={list.newCount} onShow={list.showNew} />
      </div>
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : (
        <WithDrawer drawer={open !== undefined && <RequestDrawer name={name} id={open} onClose={close} />}>
          <Grid
            label="Requests"
            rows={list.rows}
            {...{ columns, keyOf, nameOf, hrefOf }}
            open={open}
            onEnd={list.onEnd}
          >
            {list.isLoading ? null : (
              <Empty action={send} curl={curlOf(name)}>
                Nothing has come yet. What comes is shown here at once.
              </Empty>
            )}
          </Grid>
        </WithDrawer>
      )}
      {isEmptying && (
        <Confirm
          title={`Empty the inbox ${name}?`}
          action="Empty the inbox"
          onConfirm={empty}
          onClose={() => setEmptying(false)}
        >
          <p>All its requests are deleted. This cannot be undone.</p>
        </Confirm>
      )}
    </Page>
  );
}

function Help({ name }: { name: string }) {
  return (
    <>
      <p className="inbox-address">
        <code>{addressOf(name)}</code>
        <CopyButton what="the address" text={addressOf(name)} />
      </p>
      <details className="inbox-help">
        <summary>Use it as an endpoint, and choose its answers</summary>
        <dl>
          <dt>
            <code>?respond=503,503,200</code>
          </dt>
          <dd>
            Answers these statuses in turn, by how many requests the inbox has: empty it to begin again.
          </dd>
          <dt>
            <code>?delayMs=2000</code>
          </dt>
          <dd>Answers later, by at most 30 seconds.</dd>
          <dt>
            <code>?body=…</code>
          </dt>
          <dd>Answers this text. For JSON, encode it for a URL.</dd>
        </dl>
        <p className="hint">
          They may be joined by &amp;. A path behind the name is recorded too. No key is asked for, so send no
          real personal data.
        </p>
      </details>
    </>
  );
}
