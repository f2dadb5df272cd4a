import { useState } from 'react';
import { answerOf, api, ApiFault } from '../../../../api/client';
import { Anchor } from '../../../../ui/anchor';
import { Button } from '../../../../ui/button';
import { Code } from '../../../../ui/code';
import { Dialog } from '../../../../ui/overlays/dialog';
import { messageOf } from '../../../../ui/feedback/failure';
import { TextField } from '../../../../ui/forms/fields';
import type { Faults } from '../../draft/draft';
import type { PanelProps } from '../../draft/editor';
import { objectIn } from '../../../../words/exact-json';
import { FaultsByTile } from '../versions/faults-by-tile';
import { quoted } from '../../../../words/quoted';

type State = { at: 'asked' | 'busy' } | { at: 'failed'; error: unknown } | { at: 'begun'; entryId: string };

/** Sends one user through the draft, for real. */
export function TestJourneyDialog({ editor, onClose, openTile }: PanelProps) {
  const { base, draft } = editor;
  const [user, setUser] = useState('');
  const [data, setData] = useState('{}');
  const [state, setState] = useState<State>({ at: 'asked' });
  const dataFields = objectIn(data);
  const faults: Faults = state.at === 'failed' && state.error instanceof ApiFault ? state.error.fields : {};
  const { email, userId, ...others } = faults;

  async function run() {
    setState({ at: 'busy' });
    try {
      const named = user.includes('@') ? { email: user.trim() } : { userId: user.trim() };
      const answer = await answerOf(
        api.POST('/api/journeys/{id}/test', {
          params: { path: { id: base.id } },
          body: { ...named, dataFields },
        }),
      );
      setState({ at: 'begun', entryId: answer.entryId });
    } catch (error) {
      setState({ at: 'failed', error });
    }
  }

  if (state.at === 'begun') {
    return (
      <Dialog
        title="The test run has begun"
        onClose={onClose}
        actions={
          <>
            <Button onPress={() => setState({ at: 'asked' })}>Another user</Button>
            <Anchor className="btn primary" href={`/entries/${state.entryId}`}>
              Follow the entry
            </Anchor>
          </>
        }
      >
        <p>
          {quoted(user.trim())} goes through the draft as it is now. The entry is marked as a test run: no
          limit counts it, and nobody is notified.
        </p>
        <Code label="Entry" text={state.entryId} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title="Test Journey"
      onClose={onClose}
      isStrict={user !== ''}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isDisabled={state.at === 'busy' || user.trim() === '' || dataFields === undefined}
            onPress={() => void run()}
          >
            {state.at === 'busy' ? 'Starting…' : 'Send this user through'}
          </Button>
        </>
      }
    >
      <p>
        A real run of the draft for one user: its requests are sent, and its changes are made. Nothing is
        published. To try it without sending anything, simulate it.
      </p>
      <TextField
        label="User"
        autoFocus
        value={user}
        onChange={setUser}
        placeholder="ada@example.com"
        hint="The email or the userId of a user who is known."
        error={email ?? userId}
      />
      <TextField
        label="Trigger data"
        mono
        rows={5}
        value={data}
        onChange={setData}
        hint="What the trigger call would send as dataFields."
        error={
          dataFields === undefined
            ? 'This is no JSON object. Write one such as {"plan": "pro"}.'
            : faults.dataFields
        }
      />
      {state.at === 'failed' && email === undefined && userId === undefined && (
        <div role="alert" className="refused">
          <p className="error">
            {Object.keys(others).length > 0
              ? 'This keeps the draft from being tried:'
              : messageOf(state.error)}
          </p>
          <FaultsByTile faults={others} {...{ draft, openTile }} />
        </div>
      )}
    </Dialog>
  );
}
