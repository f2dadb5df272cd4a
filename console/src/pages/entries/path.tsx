import { useQuery } from '@tanstack/react-query';
import { CircleDot } from 'lucide-react';
import { answerOf, api } from '../../api/client';
import { Anchor } from '../../ui/anchor';
import { Time } from '../../ui/time';
import { lengthWords } from '../../words/durations';
import { hrefOfDelivery, hrefOfTile, type ListedDelivery } from '../deliveries/words';
import { TILE_TYPES } from '../journeys/tile-words';
import { type Entry, wayText } from './words';
import { isolated, sentence } from '../../words/quoted';

interface TileOfPath {
  id: string;
  type: string;
  name?: string;
}

/** The tiles of the version that the entry walks; none for a test run, whose draft may have changed since. */
function useTiles({ journeyId, version }: Entry): Map<string, TileOfPath> {
  const { data } = useQuery({
    queryKey: ['journey', journeyId, 'version', version],
    queryFn: () =>
      answerOf(
        api.GET('/api/journeys/{id}/versions/{version}', {
          params: { path: { id: journeyId, version: version! } },
        }),
      ),
    enabled: version !== null,
    staleTime: Infinity,
  });
  return new Map(((data?.tiles ?? []) as TileOfPath[]).map((tile) => [tile.id, tile]));
}

/** The tiles that the user visited: when, how long, which way they took, and why. */
export function EntryPath({ entry, deliveries }: { entry: Entry; deliveries: ListedDelivery[] }) {
  const tiles = useTiles(entry);
  const deliveryAt = finderOf(deliveries);
  if (entry.path.length === 0) {
    return (
      <p className="hint">{entry.endedAt === null ? 'Nothing has begun yet.' : 'No tile was reached.'}</p>
    );
  }
  const visits = new Map<string, number>();
  return (
    <ol className="path">
      {entry.path.map(({ tileId, at, took, way, why }, index) => {
        const tile = tiles.get(tileId);
        const kind = TILE_TYPES.find(({ type }) => type === tile?.type);
        const Icon = kind?.Icon ?? CircleDot;
        const title = tile?.name ?? kind?.title ?? tileId;
        const visit = visits.get(tileId) ?? 0;
        visits.set(tileId, visit + 1);
        const delivery = deliveryAt(tileId, visit);
        const isHere = took === null && entry.endedAt === null;
        const isEnd = index === entry.path.length - 1 && entry.status === 'exited';
        return (
          <li
            key={`${tileId} ${visit}`}
            data-here={isHere ? '' : undefined}
            data-bad={isEnd ? '' : undefined}
          >
            <span className="path-icon">
              <Icon size={14} aria-hidden />
            </span>
            <div>
              <p className="path-head">
                <Anchor href={hrefOfTile(entry.journeyId, tileId)}>{isolated(title)}</Anchor>
                {title !== tileId && <span className="mono none">{tileId}</span>}
              </p>
              <p>
                {way !== null && <strong>{isEnd ? 'Exited here' : capital(wayText(way))}</strong>}
                {way === null && isHere && <strong>Is here</strong>}
                {way === null && !isHere && <strong>The entry ended here</strong>}
                {why !== null && `: ${sentence(why)}`}
              </p>
              <p className="hint">
                <Time at={at} />
                {took !== null && took > 0 && <> · {lengthWords(took)}</>}
                {delivery !== undefined && (
                  <>
                    {' '}
                    · <Anchor href={hrefOfDelivery(delivery.id)}>{attemptsText(delivery)}</Anchor>
                  </>
                )}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

/** Finds the delivery of a visit, counted from 0: those of a tile come in the order of its visits. */
function finderOf(deliveries: ListedDelivery[]) {
  return (tileId: string, visit: number) =>
    deliveries.filter((delivery) => delivery.tileId === tileId)[visit];
}

/** What the link to the delivery says of it. */
function attemptsText({ attemptCount, lastStatus }: ListedDelivery): string {
  const attempts = `${attemptCount} ${attemptCount === 1 ? 'attempt' : 'attempts'}`;
  return lastStatus === null ? attempts : `${attempts}, last answer ${lastStatus}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
