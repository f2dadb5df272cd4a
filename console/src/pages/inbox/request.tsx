import { Fragment } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import type { paths } from '../../../types/schema';
import { Code } from '../../ui/code';
import { Drawer } from '../../ui/overlays/drawer';
import { Fact, Facts } from '../../ui/facts';
import { NotYet } from '../../ui/feedback/not-yet';
import { bytes } from '../../words/bytes';
import { exactTime } from '../../words/time';

export type InboxRequest =
  paths['/api/inbox/{name}']['get']['responses'][200]['content']['application/json']['requests'][number];

interface RequestDrawerProps {
  name: string;
  id: number;
  onClose: () => void;
}

/** One request, as it came. */
export function RequestDrawer({ name, id, onClose }: RequestDrawerProps) {
  const {
    data: request,
    error,
    refetch,
  } = useQuery({
    queryKey: ['inbox-request', name, id],
    queryFn: () => answerOf(api.GET('/api/inbox/{name}/{id}', { params: { path: { name, id } } })),
    staleTime: Infinity,
  });
  return (
    <Drawer
      title={request === undefined ? 'Request' : `${request.method} request`}
      label={`Request ${id}`}
      onClose={onClose}
    >
      {request === undefined ? (
        <NotYet error={error} onRetry={() => void refetch()} />
      ) : (
        <>
          <Facts>
            <Fact name="Received">{exactTime(request.receivedAt)}</Fact>
            <Fact name="Body">{bytes(request.bodyBytes)}</Fact>
          </Facts>
          <Code label="URL" text={request.url} />
          {request.body !== '' && <Code label="Body" text={request.body} />}
          <section aria-label="Headers">
            <p className="label">Headers</p>
            <dl className="headers-list">
              {Object.entries(request.headers).map(([header, value]) => (
                <Fragment key={header}>
                  <dt>{header}</dt>
                  <dd>{value}</dd>
                </Fragment>
              ))}
            </dl>
          </section>
        </>
      )}
    </Drawer>
  );
}
