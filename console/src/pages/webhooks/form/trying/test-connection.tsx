import { useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api } from '../../../../api/client';
import type { paths } from '../../../../../types/schema';
import { Badge } from '../../../../ui/badge';
import { Button } from '../../../../ui/button';
import { Code } from '../../../../ui/code';
import { messageOf } from '../../../../ui/feedback/failure';
import { Notice } from '../../../../ui/feedback/notice';
import type { SavedWebhook, WebhookInput } from '../../words';
import { readable } from '../../../../words/request';
import { RequestView } from '../../../../ui/request-view';
import { inputOf, requestKey } from '../draft';
import type { ReadSample } from './sample';

type Test = paths['/api/journeyWebhooks/test']['post'];
export type TestResult = Test['responses'][200]['content']['application/json'];

type TestState =
  | { is: 'untested' }
  | { is: 'running' }
  | { is: 'refused'; error: unknown }
  | { is: 'done'; result: TestResult; key: string };

export interface Tested {
  state: TestState;
  /** The request was changed since it was tested. */
  isStale: boolean;
  /** Proves to the server that this very request was tested with success. */
  token: string | undefined;
  run: () => Promise<unknown>;
  /** What was tested is now saved. */
  carry: (tested: WebhookInput, saved: SavedWebhook) => void;
  stop: () => void;
}

interface Subject {
  webhook: WebhookInput;
  /** The saved one, whose stored secrets are used. */
  saved: SavedWebhook | undefined;
  sample: ReadSample;
  journeyId: number | undefined;
}

/** A test of exactly what was saved. The page of a webhook that was made a moment ago begins with it. */
interface Carried {
  revision: number;
  state: TestState;
}
const carriedKey = (id: number | undefined) => ['webhook', String(id), 'tested'];

/** One real call at a time. `run` answers what the server refused, to be shown beside fields. */
export function useTest({ webhook, saved, sample, journeyId }: Subject): Tested {
  const queries = useQueryClient();
  const [state, setState] = useState<TestState>(() => {
    const carried = queries.getQueryData<Carried>(carriedKey(saved?.id));
    return carried !== undefined && carried.revision === saved?.revision ? carried.state : { is: 'untested' };
  });
  const stopper = useRef<AbortController>(undefined);
  const isStale = state.is === 'done' && state.key !== requestKey(webhook);

  async function run(): Promise<unknown> {
    const { profile = {}, triggerData = {}, liveData } = sample.values ?? {};
    const stop = new AbortController();
    stopper.current = stop;
    setState({ is: 'running' });
    try {
      const body = {
        ...(saved !== undefined && { webhookId: saved.id }),
        webhook: { ...webhook, name: webhook.name.trim() === '' ? 'Webhook' : webhook.name },
        sample: { ...profile, liveData, workflowId: journeyId },
        triggerData,
      };
      const result = await answerOf(api.POST('/api/journeyWebhooks/test', { body, signal: stop.signal }));
      setState({ is: 'done', result, key: requestKey(webhook) });
      return undefined;
    } catch (error) {
      setState(stop.signal.aborted ? { is: 'untested' } : { is: 'refused', error });
      return error;
    }
  }

  function carry(input: WebhookInput, kept: SavedWebhook) {
    if (state.is !== 'done' || state.key !== requestKey(input)) return;
    // A secret that was typed is a stored one now.
    const carried = { ...state, key: requestKey(inputOf(kept)) };
    setState(carried);
    queries.setQueryData<Carried>(carriedKey(kept.id), { revision: kept.revision, state: carried });
  }

  const token = state.is === 'done' && !isStale && state.result.ok ? state.result.testToken : undefined;
  return { state, isStale, token, run, carry, stop: () => stopper.current?.abort() };
}

interface TestSectionProps {
  tested: Tested;
  /** Why it cannot run, such as a sample that is no JSON. */
  refused: string | undefined;
  onRun: () => void;
  /** Said by a save that needed a test. */
  required: string | undefined;
}

export function TestSection({ tested, refused, onRun, required }: TestSectionProps) {
  const { state, isStale, stop } = tested;
  const isRunning = state.is === 'running';
  return (
    <section className="card form-section" aria-labelledby="section-test" id="test-connection">
      <div className="section-head">
        <h2 id="section-test">Test Connection</h2>
        <StateBadge {...tested} />
      </div>
      <p className="hint">
        Calls the endpoint once, for real, with the data of the sample user. Test before users come: if the
        endpoint refuses a request, they exit. Point it at an{' '}
        <a href="/inboxes" target="_blank" rel="noreferrer">
          inbox
        </a>{' '}
        first to see what arrives.
      </p>
      <div className="run-row">
        <Button look="plain" onPress={onRun} isDisabled={isRunning || refused !== undefined}>
          {isRunning ? 'Running…' : 'Run Test'}
        </Button>
        {isRunning && (
          <Button look="quiet" onPress={stop}>
            Stop waiting
          </Button>
        )}
        {isRunning && <span className="hint">At most 10 seconds.</span>}
        {refused !== undefined && <span className="hint">{refused}</span>}
      </div>
      {required !== undefined && tested.token === undefined && (
        <Notice tone="bad" isNew>
          {required}
        </Notice>
      )}
      {state.is === 'refused' && (
        <Notice tone="bad" isNew>
          {messageOf(state.error)}
        </Notice>
      )}
      {state.is === 'done' && <Outcome result={state.result} isStale={isStale} />}
    </section>
  );
}

function StateBadge({ state, isStale }: Tested) {
  if (state.is === 'untested') return <Badge tone="off">Untested</Badge>;
  if (state.is === 'running') return <Badge tone="held">Running</Badge>;
  if (isStale) return <Badge tone="warn">Changed since</Badge>;
  const isGood = state.is === 'done' && state.result.ok;
  return <Badge tone={isGood ? 'good' : 'bad'}>{isGood ? 'Success' : 'Failed'}</Badge>;
}

/** More than this takes a browser long to lay out. */
const SHOWN = 200_000;

function Outcome({ result, isStale }: { result: TestResult; isStale: boolean }) {
  const { ok, request, response, error } = result;
  return (
    <>
      {isStale ? (
        <Notice tone="warn">The request was changed since this test. Run it again.</Notice>
      ) : ok ? (
        <Notice tone="good" isNew>
          Webhook test successful
        </Notice>
      ) : (
        <Notice tone="bad" isNew>
          {error?.message} <span className="mono">{error?.reason}</span>
        </Notice>
      )}
      {response !== undefined && (
        <p className="response-line">
          <strong>Status {response.status}</strong> in {response.durationMs.toLocaleString('en')} ms
        </p>
      )}
      <details className="more">
        <summary>The request that was sent</summary>
        <RequestView request={request} />
      </details>
      {response !== undefined && <ResponseBody body={response.body} />}
    </>
  );
}

function ResponseBody({ body }: { body: string }) {
  if (body === '') return <p className="hint">The response has no body.</p>;
  const isCut = body.length > SHOWN;
  return (
    <Code
      label="Response body"
      text={isCut ? body.slice(0, SHOWN) : readable(body)}
      note={
        isCut
          ? `The first ${SHOWN.toLocaleString('en')} of ${body.length.toLocaleString('en')} characters.`
          : undefined
      }
    />
  );
}
