import { CircleCheck, CircleX, Info, TriangleAlert } from 'lucide-react';
import type { paths } from '../../../types/schema';
import { Anchor } from '../../ui/anchor';
import { Button } from '../../ui/button';
import { Time } from '../../ui/time';
import { hrefOfDelivery, hrefOfTile } from '../deliveries/words';
import { hrefOfEntry } from '../entries/words';
import { sentence } from '../../words/quoted';

export type Notification =
  paths['/api/notifications']['get']['responses'][200]['content']['application/json']['notifications'][number];

const LEVELS: Record<string, { Icon: typeof Info; text: string }> = {
  success: { Icon: CircleCheck, text: 'Success' },
  warning: { Icon: TriangleAlert, text: 'Warning' },
  error: { Icon: CircleX, text: 'Error' },
  info: { Icon: Info, text: 'Info' },
};

interface NotificationRowProps {
  notification: Notification;
  /** Left out for who may not. */
  onMark: ((read: boolean) => void) | undefined;
}

export function NotificationRow({ notification, onMark }: NotificationRowProps) {
  const { level, title, text, count, read, createdAt, updatedAt } = notification;
  const href = hrefOf(notification);
  const { Icon, text: levelText } = LEVELS[level] ?? LEVELS.info!;
  return (
    <li data-unread={read ? undefined : ''}>
      <span className={`level ${level}`}>
        <Icon size={18} aria-hidden />
        <span className="sr">{levelText}</span>
      </span>
      <div className="grow">
        <h2>{href === undefined ? sentence(title) : <Anchor href={href}>{sentence(title)}</Anchor>}</h2>
        <p>{sentence(text)}</p>
        <p className="hint">
          Updated <Time at={updatedAt} /> · created <Time at={createdAt} />
          {count > 1 && ` · ${count.toLocaleString('en')} times`}
        </p>
      </div>
      {onMark !== undefined && (
        <Button look="quiet" onPress={() => onMark(!read)}>
          {read ? 'Mark as Unread' : 'Mark as Read'}
        </Button>
      )}
    </li>
  );
}

/** What it is about: the request, else the user's way or the tile. */
function hrefOf({ lastDeliveryId, lastEntryId, journeyId, tileId }: Notification): string | undefined {
  if (lastDeliveryId !== undefined) return hrefOfDelivery(lastDeliveryId);
  if (lastEntryId !== undefined) return hrefOfEntry(lastEntryId);
  return journeyId === undefined ? undefined : hrefOfTile(journeyId, tileId ?? null);
}
