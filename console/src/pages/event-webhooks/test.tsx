import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { Button } from '../../ui/button';
import { Code } from '../../ui/code';
import { Dialog } from '../../ui/overlays/dialog';
import { Failure } from '../../ui/feedback/failure';
import { Notice } from '../../ui/feedback/notice';

/** Calls the endpoint once, and shows what was sent and answered. */
export function TestDialog({ id, onClose }: { id: number; onClose: () => void }) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['event-webhook-test', id],
    queryFn: () => answerOf(api.POST('/api/eventWebhooks/{id}/test', { params: { path: { id } } })),
    ...{ retry: false, gcTime: 0, staleTime: Infinity, refetchOnWindowFocus: false },
  });
  return (
    <Dialog
      title="Test"
      wide
      onClose={onClose}
      actions={
        <>
          <Button isBusy={isFetching} onPress={() => void refetch()}>
            {isFetching ? 'Sending…' : 'Send again'}
          </Button>
          <Button look="primary" onPress={onClose}>
            Close
          </Button>
        </>
      }
    >
      <p className="hint">One request, with an event of the type “test”. It is in no list.</p>
      {data === undefined ? (
        error === null ? (
          <p role="status">Sending…</p>
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <Notice tone={data.ok ? 'good' : 'bad'} isNew>
            {data.response === undefined
              ? data.error?.message
              : `${data.ok ? 'Delivered' : 'Failed'}: the endpoint answered ${data.response.status} after ${data.response.durationMs} ms.`}
          </Notice>
          {data.response !== undefined && data.response.body !== '' && (
            <Code label="Answer" text={data.response.body} />
          )}
          <Code label="Request" text={requestText(data.request)} />
        </>
      )}
    </Dialog>
  );
}

interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

function requestText({ method, url, headers, body = '' }: Sent): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${url}`, ...lines, '', body].join('\n');
}
