import { useMemo, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { answerOf, api, ApiFault } from '../../../../api/client';
import { ifMatch, staleIn } from '../../../../api/revisions';
import { Button } from '../../../../ui/button';
import { Dialog } from '../../../../ui/overlays/dialog';
import { messageOf } from '../../../../ui/feedback/failure';
import { NotYet } from '../../../../ui/feedback/not-yet';
import { toast } from '../../../../ui/feedback/toast';
import type { Faults, Journey } from '../../draft/draft';
import type { PanelProps } from '../../draft/editor';
import { journeyKey } from '../../draft/journey-query';
import { useListNames } from '../known';
import { differenceOf, isNone } from './difference';
import { DifferenceView } from './difference-view';
import { FaultsByTile } from './faults-by-tile';
import { draftOfVersion, useVersions } from './use-versions';

type State =
  | { at: 'asked' }
  | { at: 'busy' }
  | { at: 'refused'; message: string; faults: Faults }
  | { at: 'published'; version: number; warnings: { field: string; message: string }[] };

/** Shows what publishing changes, publishes, and says what keeps the draft from it. */
export function PublishDialog({ editor, onClose, openTile }: PanelProps) {
  const { base, draft } = editor;
  const [state, setState] = useState<State>({ at: 'asked' });
  const { versions, error, refetch } = useVersions(base.id);
  const lists = useListNames();
  const latest = versions?.[0];
  const difference = useMemo(
    () => latest && differenceOf(draftOfVersion(latest), draft, lists),
    [latest, draft, lists],
  );
  const publish = usePublish(editor, setState, onClose);
  const number = (latest?.version ?? 0) + 1;
  const busy = state.at === 'busy';

  if (state.at === 'published') {
    return (
      <Dialog
        title={`Published version ${state.version}`}
        onClose={onClose}
        actions={
          <Button look="primary" onPress={onClose}>
            Close
          </Button>
        }
      >
        <p>New entries use it. It works, but this may not be meant:</p>
        <FaultsByTile faults={faultsOf(state.warnings)} {...{ draft, openTile }} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={`Publish version ${number}`}
      wide
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button look="primary" isDisabled={busy || versions === undefined} onPress={() => void publish()}>
            {busy ? 'Publishing…' : editor.isChanged ? 'Save and publish' : 'Publish'}
          </Button>
        </>
      }
    >
      {state.at === 'refused' && (
        <div role="alert" className="refused">
          <p className="error">{state.message}</p>
          <FaultsByTile faults={state.faults} {...{ draft, openTile }} />
        </div>
      )}
      {versions === undefined ? (
        <NotYet error={error} onRetry={() => void refetch()} />
      ) : difference === undefined ? (
        <p>The first version of this journey. From then on it takes entries.</p>
      ) : isNone(difference) ? (
        <p>The draft is the same as version {latest!.version}.</p>
      ) : (
        <>
          <p>
            New entries use version {number}. Users under way stay on theirs. This has changed since version{' '}
            {latest!.version}:
          </p>
          <DifferenceView {...{ difference, openTile }} />
        </>
      )}
    </Dialog>
  );
}

/** Publishes what is in the draft, saving it first if it has to be. */
function usePublish(editor: PanelProps['editor'], setState: (state: State) => void, onClose: () => void) {
  const queries = useQueryClient();
  const { base, isChanged, save, settle, setFaults, setConflict } = editor;
  const { id } = base;
  return async () => {
    setState({ at: 'busy' });
    if (isChanged && !(await save())) {
      // The editor shows what keeps it from being saved.
      setState({ at: 'asked' });
      return onClose();
    }
    const saved = queries.getQueryData<Journey>(journeyKey(id)) ?? base;
    try {
      const answer = await answerOf(
        api.POST('/api/journeys/{id}/publish', { params: { path: { id }, header: ifMatch(saved.revision) } }),
      );
      const { warnings = [], ...journey } = answer;
      settle(journey);
      setFaults({});
      await queries.invalidateQueries({ queryKey: ['journey', id] });
      const version = journey.publishedVersion!;
      toast(`Published version ${version}.`);
      if (warnings.length === 0) return onClose();
      setState({ at: 'published', version, warnings });
    } catch (error) {
      const stale = staleIn(error);
      if (stale) {
        setConflict(stale);
        return onClose();
      }
      const faults = error instanceof ApiFault ? error.fields : {};
      setFaults(faults);
      const isListed = Object.keys(faults).length > 0;
      const message = isListed ? 'This keeps the draft from being published:' : messageOf(error);
      setState({ at: 'refused', message, faults });
    }
  };
}

function faultsOf(warnings: { field: string; message: string }[]): Faults {
  return Object.fromEntries(warnings.map(({ field, message }) => [field, message]));
}
