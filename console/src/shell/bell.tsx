import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bell as BellIcon } from 'lucide-react';
import { answerOf, api } from '../api/client';

export const notificationsKey = ['notifications'] as const;

const LOOK_MS = 10_000;

/** How many notifications nobody has read. */
export function useUnread(): number {
  const { data = 0 } = useQuery({
    queryKey: [...notificationsKey, 'unread-count'],
    queryFn: async () => {
      const params = { query: { unread: 'true' as const, pageSize: 1 } };
      return (await answerOf(api.GET('/api/notifications', { params }))).unread;
    },
    refetchInterval: LOOK_MS,
  });
  return data;
}

/** Leads to the notifications, and says how many nobody has read. */
export function Bell() {
  const unread = useUnread();
  const label = unread === 0 ? 'Notifications' : `Notifications, ${unread} unread`;
  return (
    <Link to="/notifications" className="btn quiet icon bell" aria-label={label} title={label}>
      <BellIcon size={16} aria-hidden />
      {unread > 0 && (
        <span className="dot" aria-hidden>
          {unread > 99 ? '99+' : unread}
        </span>
      )}
    </Link>
  );
}
