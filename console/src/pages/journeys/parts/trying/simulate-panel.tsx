import { useEffect, useRef, useState } from 'react';
import { answerOf, api, ApiFault } from '../../../../api/client';
import { Button } from '../../../../ui/button';
import { CopyButton } from '../../../../ui/code';
import { Dialog } from '../../../../ui/overlays/dialog';
import { messageOf } from '../../../../ui/feedback/failure';
import { TextField } from '../../../../ui/forms/fields';
import { SelectField } from '../../../../ui/forms/select-field';
import type { Draft, Faults } from '../../draft/draft';
import type { PanelProps } from '../../draft/editor';
import { DurationField } from '../duration-field';
import { faultWithin } from '../faults';
import { KnownFrom } from '../known';
import { FaultsByTile } from '../versions/faults-by-tile';
import { draftOfVersion, useVersions } from '../versions/use-versions';
import { Answers, Branches } from './answers';
import { Cast } from './cast';
import {
  blankScenario,
  jsonFaults,
  requestOf,
  type SimulationRequest,
  type SimulationResult,
  type TypedScenario,
} from './scenario';
import { Result } from './timeline';
import './simulate.css';

type State =
  | { at: 'ready' | 'running' }
  | { at: 'failed'; error: unknown }
  | { at: 'done'; result: SimulationResult; request: SimulationRequest; draft: Draft };

/** By journey: closed and opened again, the panel is as it was left. */
const left = new Map<number, { scenario: TypedScenario; state: State }>();

/** Sends users through the journey in virtual time: nothing is sent, and nothing changes. */
export function SimulatePanel({ editor, onClose, openTile }: PanelProps) {
  const { base } = editor;
  const [scenario, setScenario] = useState(() => left.get(base.id)?.scenario ?? blankScenario());
  const [state, run, cancel] = useSimulation(base.id, left.get(base.id)?.state);
  const { draft, versions } = useSimulated(editor, scenario.version);
  useEffect(() => {
    left.set(base.id, { scenario, state: state.at === 'running' ? { at: 'ready' } : state });
  }, [base.id, scenario, state]);

  const outcome = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // On a narrow screen it is below all of the scenario.
    if (state.at === 'done' || state.at === 'failed') outcome.current?.scrollIntoView({ block: 'nearest' });
  }, [state.at]);

  const typed = jsonFaults(scenario);
  const refused = state.at === 'failed' && state.error instanceof ApiFault ? state.error.fields : {};
  const faults: Faults = { ...refused, ...typed };
  const request = Object.keys(typed).length === 0 ? requestOf(scenario, draft) : undefined;
  const fields = { value: scenario, onChange: setScenario, faults, draft };
  return (
    <Dialog
      title="Simulate"
      isSheet
      wide
      onClose={onClose}
      actions={
        <>
          {request !== undefined && (
            <span className="copy">
              Scenario as JSON <CopyButton what="scenario" text={JSON.stringify(request, null, 2)} />
            </span>
          )}
          {state.at === 'running' ? (
            <Button onPress={cancel}>Stop</Button>
          ) : (
            <Button
              look="primary"
              isDisabled={request === undefined}
              onPress={() => request && void run(request, draft)}
            >
              Simulate
            </Button>
          )}
        </>
      }
    >
      <KnownFrom journey={draft}>
        <div className="simulate">
          <div className="rows scenario">
            <h3>Users</h3>
            <Cast
              {...fields}
              value={scenario.users}
              onChange={(users) => setScenario({ ...scenario, users })}
            />
            <h3>Answers</h3>
            <Answers {...fields} />
            <Branches {...fields} />
            <h3>Time</h3>
            <SelectField
              label="Of the journey"
              value={scenario.version}
              choices={[{ value: 'draft', text: 'The draft' }, ...versions]}
              error={faults.version}
              onChange={(version) => setScenario({ ...scenario, version })}
            />
            <TextField
              label="Starts at (UTC)"
              type="datetime-local"
              value={scenario.startAt}
              error={faults.startAt}
              onChange={(startAt) => setScenario({ ...scenario, startAt })}
            />
            <DurationField
              label="Ends after"
              hint="Empty: when all have left, at most after two years."
              value={scenario.until}
              error={faultWithin(faults, 'until')}
              onChange={(until) => setScenario({ ...scenario, until })}
            />
          </div>
          <div className="outcome-pane" aria-live="polite" ref={outcome}>
            <Outcome {...{ state, draft, openTile }} request={request} />
          </div>
        </div>
      </KnownFrom>
    </Dialog>
  );
}

/** What is simulated, and what else could be. */
function useSimulated({ base, draft: own }: PanelProps['editor'], wanted: string) {
  const { versions = [] } = useVersions(base.id);
  const version = versions.find(({ version: number }) => String(number) === wanted);
  return {
    draft: version === undefined ? own : draftOfVersion(version),
    versions: versions.map(({ version: number }) => ({ value: String(number), text: `Version ${number}` })),
  };
}

function useSimulation(id: number, before: State | undefined) {
  const [state, setState] = useState<State>(before ?? { at: 'ready' });
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  async function run(request: SimulationRequest, draft: Draft) {
    const own = new AbortController();
    abort.current = own;
    setState({ at: 'running' });
    try {
      const result = await answerOf(
        api.POST('/api/journeys/{id}/simulate', {
          params: { path: { id } },
          body: request,
          signal: own.signal,
        }),
      );
      if (!own.signal.aborted) setState({ at: 'done', result, request, draft });
    } catch (error) {
      if (!own.signal.aborted) setState({ at: 'failed', error });
    }
  }
  function cancel() {
    abort.current?.abort();
    setState({ at: 'ready' });
  }
  return [state, run, cancel] as const;
}

interface OutcomeProps {
  state: State;
  draft: Draft;
  openTile: (id: string) => void;
  /** What would be simulated now. */
  request: SimulationRequest | undefined;
}

const OF_SCENARIO = /^(users|responses|branches|startAt|until|version)\b/;

function Outcome({ state, draft, openTile, request }: OutcomeProps) {
  switch (state.at) {
    case 'ready':
      return (
        <p className="placeholder">
          Waits take no time: the real engine runs in virtual time. The real requests are rendered, and none
          is sent.
        </p>
      );
    case 'running':
      return <p className="placeholder">Simulating… It takes twenty seconds at most.</p>;
    case 'failed': {
      const { error } = state;
      const fields = error instanceof ApiFault ? error.fields : {};
      const ofDraft = Object.entries(fields).filter(([path]) => !OF_SCENARIO.test(path));
      return (
        <div role="alert" className="refused">
          <p className="error">
            {ofDraft.length > 0
              ? 'The draft cannot be simulated before it could be published:'
              : messageOf(error)}
          </p>
          <FaultsByTile faults={Object.fromEntries(ofDraft)} {...{ draft, openTile }} />
        </div>
      );
    }
    case 'done': {
      const isStale =
        state.draft !== draft && JSON.stringify(state.draft) !== JSON.stringify(draft)
          ? true
          : JSON.stringify(state.request) !== JSON.stringify(request);
      return (
        <>
          {isStale && (
            <p className="hint">Something was changed since. Simulate again to see what it does.</p>
          )}
          <Result
            result={state.result}
            names={state.request.users.map(({ email, userId }) => email ?? userId ?? '')}
            startAt={Date.parse(state.request.startAt!)}
            {...{ draft: state.draft, openTile }}
          />
        </>
      );
    }
  }
}
