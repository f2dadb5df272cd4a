import { useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { CheckCheck } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { useRows } from '../../api/rows';
import { notificationsKey, useUnread } from '../../shell/bell';
import { useSession } from '../../shell/session';
import { Anchor } from '../../ui/anchor';
import { Button } from '../../ui/button';
import { Empty } from '../../ui/feedback/empty';
import { Failure, messageOf } from '../../ui/feedback/failure';
import { FilterSelect } from '../../ui/grid/filter-select';
import { Notice } from '../../ui/feedback/notice';
import { Waiting } from '../../ui/feedback/not-yet';
import { NewRows } from '../../ui/grid/new-rows';
import { Page } from '../../ui/page';
import { toast } from '../../ui/feedback/toast';
import { type Notification, NotificationRow } from './row';
import type { Shown, Sort } from './search';
import './notifications.css';

const SHOW_CHOICES: { value: Shown; text: string }[] = [
  { value: 'unread', text: 'Unread' },
  { value: 'read', text: 'Read' },
  { value: 'all', text: 'All' },
];
const SORT_CHOICES: { value: Sort; text: string }[] = [
  { value: 'updatedAt', text: 'Date updated' },
  { value: 'createdAt', text: 'Date created' },
  { value: 'level', text: 'Level' },
];
const EMPTY: Record<Shown, string> = {
  unread: 'Nothing is unread. Trouble with a webhook appears here, once for each webhook and kind.',
  read: 'Nothing was read yet.',
  all: 'There was no trouble yet. When a webhook makes users exit, it appears here.',
};
const CURL = `curl '${location.origin}/api/notifications?unread=true' -H "Api-Key: $WAYHOOK_API_KEY"`;
/** With how often it has happened: one that happens again is new. */
const keyOf = ({ id, count }: Notification) => `${id} ${count}`;

export function NotificationCenter() {
  const { show = 'unread', sort = 'updatedAt' } = useSearch({ from: '/shell/notifications' });
  const navigate = useNavigate({ from: '/notifications' });
  const queries = useQueryClient();
  const mayMark = useSession()?.manageIntegrations ?? false;
  const unread = useUnread();
  const [fault, setFault] = useState<unknown>();
  /** What was marked here, before the list is loaded again: it stays in its place. */
  const [marked, setMarked] = useState<ReadonlyMap<number, boolean>>(new Map());
  const list = useRows({
    queryKey: [...notificationsKey, show, sort],
    load: async (pageToken) => {
      const which = show === 'all' ? {} : { [show]: 'true' as const };
      const query = { pageSize: 100, sort, ...which, ...(pageToken && { pageToken }) };
      const answer = await answerOf(api.GET('/api/notifications', { params: { query } }));
      return { rows: answer.notifications, nextPageToken: answer.nextPageToken };
    },
    keyOf,
    isLive: true,
  });

  async function mark(id: number, read: boolean) {
    setFault(undefined);
    setMarked((before) => new Map(before).set(id, read));
    try {
      const path = read ? '/api/notifications/{id}/read' : '/api/notifications/{id}/unread';
      await api.POST(path, { params: { path: { id } } });
      await queries.invalidateQueries({ queryKey: [...notificationsKey, 'unread-count'] });
    } catch (error) {
      setMarked((before) => new Map(before).set(id, !read));
      setFault(error);
    }
  }

  async function markAll() {
    setFault(undefined);
    try {
      const { marked: count } = await answerOf(api.POST('/api/notifications/readAll'));
      setMarked(new Map());
      await queries.resetQueries({ queryKey: notificationsKey });
      toast(count === 1 ? 'Marked 1 notification as read.' : `Marked ${count} notifications as read.`);
    } catch (error) {
      setFault(error);
    }
  }

  function go(search: { show?: Shown; sort?: Sort }) {
    setMarked(new Map());
    void navigate({ search: (before) => ({ ...before, ...search }), replace: true });
  }

  return (
    <Page
      title="Notifications"
      actions={
        mayMark &&
        unread > 0 && (
          <Button onPress={() => void markAll()}>
            <CheckCheck size={14} aria-hidden /> Mark all as read
          </Button>
        )
      }
    >
      <div className="filters">
        <FilterSelect
          label="Read or unread"
          value={show}
          choices={SHOW_CHOICES}
          onChange={(value) => go({ show: value })}
        />
        <FilterSelect
          label="Sort by"
          value={sort}
          choices={SORT_CHOICES}
          onChange={(value) => go({ sort: value })}
        />
        <NewRows count={list.newCount} onShow={list.showNew} />
      </div>
      {fault !== undefined && (
        <Notice tone="bad" isNew>
          {messageOf(fault)}
        </Notice>
      )}
      {list.error !== null ? (
        <Failure error={list.error} onRetry={list.refetch} />
      ) : list.rows.length === 0 ? (
        <div className="card">{list.isLoading ? <Waiting /> : <Empty curl={CURL}>{EMPTY[show]}</Empty>}</div>
      ) : (
        <ul className="card notifications" aria-label="Notifications">
          {list.rows.map((row) => (
            <NotificationRow
              key={keyOf(row)}
              notification={{ ...row, read: marked.get(row.id) ?? row.read }}
              onMark={mayMark ? (read) => void mark(row.id, read) : undefined}
            />
          ))}
        </ul>
      )}
      {list.onEnd !== undefined && (
        <Button className="load-more" onPress={list.onEnd}>
          Show more
        </Button>
      )}
      <p className="hint">
        To receive them elsewhere, choose notification.created in an{' '}
        <Anchor href="/event-webhooks">event webhook</Anchor>.
      </p>
    </Page>
  );
}
