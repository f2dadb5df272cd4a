import { useEffect, useRef, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api, ApiFault } from '../../../../api/client';
import type { paths } from '../../../../../types/schema';
import { Badge } from '../../../../ui/badge';
import { CopyButton } from '../../../../ui/code';
import { messageOf } from '../../../../ui/feedback/failure';
import { Notice } from '../../../../ui/feedback/notice';
import { RequestView } from '../../../../ui/request-view';
import { exactJson } from '../../../../words/exact-json';
import { curlOf } from '../../../../words/request';
import { quoted } from '../../../../words/quoted';
import type { UsageTile } from '../../lock';
import type { WebhookInput } from '../../words';
import { shownOf } from '../draft';
import type { ReadSample } from './sample';

type Preview = paths['/api/journeyWebhooks/preview']['post'];
type Body = Preview['requestBody']['content']['application/json'];
type Request = Preview['responses'][200]['content']['application/json']['request'];

const PAUSE_MS = 350;

export interface PreviewState {
  /** The last request that could be rendered. */
  request: Request | undefined;
  /** Something was typed since. */
  isStale: boolean;
  error: Error | null;
  /** What is wrong with the webhook, by the path of the field. */
  faults: Record<string, string>;
}

/** The request that the sample user would cause, rendered by the server a moment after the last key. */
export function usePreview(
  webhook: WebhookInput,
  { values }: ReadSample,
  workflowId: number | undefined,
): PreviewState {
  const named = { headers: indexesOf(webhook.headers), body: indexesOf(webhook.body) };
  const body: Body = { webhook: withoutUnnamed(shownOf(webhook)), ...values, workflowId };
  const wanted = JSON.stringify(body);
  const asked = useSettled(wanted);
  const last = useRef<Request>(undefined);
  const isReady = values !== undefined && (webhook.endpoint ?? '').trim() !== '';
  const { data, error, isFetching } = useQuery({
    queryKey: ['webhook-preview', asked],
    queryFn: ({ signal }) =>
      answerOf(api.POST('/api/journeyWebhooks/preview', { body: exactJson(asked) as Body, signal })),
    enabled: isReady,
    retry: false,
    staleTime: Infinity,
    gcTime: 10_000,
    refetchOnWindowFocus: false,
  });
  if (data !== undefined) last.current = data.request;
  return {
    request: isReady ? last.current : undefined,
    isStale: wanted !== asked || isFetching || error !== null,
    error: isReady ? error : null,
    faults: error instanceof ApiFault && wanted === asked ? faultsOf(error, named) : {},
  };
}

/** The value, once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

type Rows = WebhookInput['headers'] | WebhookInput['body'];

/** The places of the rows that have a name: a new row has none yet, and must not spoil the preview. */
function indexesOf(rows: Rows): number[] {
  return Array.isArray(rows) ? rows.flatMap(({ name }, index) => (name === '' ? [] : [index])) : [];
}

function withoutUnnamed(webhook: WebhookInput): WebhookInput {
  const { headers = [], body } = webhook;
  const named = ({ name }: { name: string }) => name !== '';
  return {
    ...webhook,
    headers: headers.filter(named),
    body: Array.isArray(body) ? body.filter(named) : body,
  };
}

function faultsOf(
  { fields }: ApiFault,
  named: { headers: number[]; body: number[] },
): Record<string, string> {
  const entries = Object.entries(fields).flatMap(([path, message]) => {
    if (!path.startsWith('webhook.')) return [];
    const own = path
      .slice('webhook.'.length)
      .replace(/^(headers|body)\[(\d+)\]/, (_all, list: 'headers' | 'body', index: string) => {
        return `${list}[${named[list][Number(index)]}]`;
      });
    return [[own, message]];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

interface PreviewCardProps extends PreviewState {
  webhook: WebhookInput;
  journey: UsageTile | undefined;
}

/** The request beside the form, as it would be sent. */
export function PreviewCard({ request, isStale, error, webhook, journey }: PreviewCardProps) {
  return (
    <section className="card form-section preview" aria-labelledby="section-preview" aria-busy={isStale}>
      <div className="section-head">
        <h2 id="section-preview">Preview</h2>
        {error === null && request !== undefined && (
          <Badge tone={isStale ? 'held' : 'good'}>{isStale ? 'Updating' : 'Up to date'}</Badge>
        )}
        {error !== null && request !== undefined && <Badge tone="warn">Of an earlier state</Badge>}
        {request !== undefined && <CopyButton isNamed what="as curl" text={curlOf(request)} />}
      </div>
      {error !== null && <Notice tone="bad">{problem(error)}</Notice>}
      {request === undefined ? (
        error === null && <p className="hint">Type an endpoint, and see here what will be sent.</p>
      ) : (
        <div className="preview-request">
          <RequestView request={request} />
          {JSON.stringify([request, webhook]).includes('workflowId') && (
            <p className="hint">
              {journey === undefined
                ? 'No journey has this webhook yet, so workflowId is 0 here. Users bring the id of their journey.'
                : `workflowId is the id of the user’s journey, here of ${quoted(journey.journeyName)}.`}
            </p>
          )}
        </div>
      )}
    </section>
  );
}

/** The first thing that keeps it from being rendered, without the path that programs need. */
function problem(error: Error): string {
  if (!(error instanceof ApiFault)) return messageOf(error);
  return Object.values(error.fields)[0] ?? error.message;
}
