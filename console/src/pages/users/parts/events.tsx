import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { Button } from '../../../ui/button';
import { Code } from '../../../ui/code';
import { NotYet } from '../../../ui/feedback/not-yet';
import { Time } from '../../../ui/time';
import type { Identity } from '../names';
import { Part } from './part';
import { eventsQuery } from '../queries';
import { TrackEvent } from './track';
import { isolated } from '../../../words/quoted';

/** Shown at first. */
const FEW = 20;

/** What the user did, the latest first. */
export function Events({ identity, mayChange }: { identity: Identity; mayChange: boolean }) {
  const { data: events, error, refetch } = useQuery(eventsQuery(identity));
  const [isTracking, setTracking] = useState(false);
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? events : events?.slice(0, FEW);
  return (
    <Part
      title="Events"
      actions={mayChange && <Button onPress={() => setTracking(true)}>Track an event</Button>}
    >
      {events === undefined && <NotYet error={error} onRetry={() => void refetch()} />}
      {events?.length === 0 && (
        <p className="part-body hint">No event so far, or none that is still stored.</p>
      )}
      <div className="user-events">
        {shown?.map(({ _id, eventName, createdAt, dataFields }) => (
          <details key={_id}>
            <summary>
              <span>{isolated(eventName)}</span> <Time at={createdAt} />
            </summary>
            <Code label={`Data of ${isolated(eventName)}`} text={JSON.stringify(dataFields, null, 2)} />
          </details>
        ))}
      </div>
      {events !== undefined && !isWhole && events.length > FEW && (
        <p className="part-body">
          <Button onPress={() => setWhole(true)}>
            Show {events.length === 200 ? 'the last 200' : `all ${events.length}`}
          </Button>
        </p>
      )}
      {isTracking && <TrackEvent identity={identity} onClose={() => setTracking(false)} />}
    </Part>
  );
}
