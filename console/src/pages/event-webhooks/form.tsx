import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { CircleAlert } from 'lucide-react';
import { fieldsOf } from '../../api/client';
import { Button } from '../../ui/button';
import { FormFailure } from '../../ui/feedback/failure';
import { CheckField, TextField } from '../../ui/forms/fields';
import { LeaveGuard } from '../../ui/forms/leave-guard';
import { LostRight } from '../../shell/lost-right';
import { useSession } from '../../shell/session';
import { EVENT_TYPES, type EventType, type EventWebhook } from './words';
import './event-webhooks.css';

/** What a person writes. */
export interface Draft extends Pick<EventWebhook, 'name' | 'targetUrl' | 'enabled' | 'sendSecretKey'> {
  eventTypes: EventType[];
}

const FIELDS = ['name', 'targetUrl', 'eventTypes'];

interface EventWebhookFormProps {
  initial: Draft;
  /** Below the target URL, for what is typed. */
  noteOf?: (draft: Draft) => ReactNode;
  save: (draft: Draft) => Promise<void>;
  onCancel: () => void;
}

export function EventWebhookForm({ initial, noteOf, save, onCancel }: EventWebhookFormProps) {
  const [draft, setDraft] = useState(initial);
  const [state, setState] = useState<{ isBusy?: boolean; fault?: unknown }>({});
  const isSaved = useRef(false);
  const faults = fieldsOf(state.fault);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));

  function toggle(type: EventType, isChosen: boolean) {
    const chosen = (Object.keys(EVENT_TYPES) as EventType[]).filter((each) =>
      each === type ? isChosen : draft.eventTypes.includes(each),
    );
    change({ eventTypes: chosen });
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (state.isBusy) return;
    setState({ isBusy: true });
    isSaved.current = true;
    try {
      await save(draft);
      setState({});
    } catch (fault) {
      isSaved.current = false;
      setState({ fault });
    }
  }

  return (
    <form className="stack card event-webhook-form" onSubmit={(event) => void submit(event)}>
      <LeaveGuard hasUnsaved={() => !isSaved.current && JSON.stringify(draft) !== JSON.stringify(initial)} />
      <LostRight has={useSession()?.manageIntegrations ?? false} what="event webhooks" />
      <TextField
        label="Name"
        autoFocus
        maxLength={200}
        value={draft.name}
        onChange={(name) => change({ name })}
        error={faults.name}
      />
      <TextField
        label="Target URL"
        hint={noteOf?.(draft) ?? 'Where events are sent. No API key and no password in it.'}
        mono
        inputMode="url"
        placeholder="https://crm.example.com/hook"
        value={draft.targetUrl}
        onChange={(targetUrl) => change({ targetUrl })}
        error={faults.targetUrl}
      />
      <fieldset className="event-types" aria-describedby={faults.eventTypes && 'event-types-error'}>
        <legend className="label">Event Types</legend>
        {Object.entries(EVENT_TYPES).map(([type, hint]) => (
          <CheckField
            key={type}
            label={type}
            hint={hint}
            checked={draft.eventTypes.includes(type as EventType)}
            onChange={(isChosen) => toggle(type as EventType, isChosen)}
          />
        ))}
        {faults.eventTypes !== undefined && (
          <p className="error" id="event-types-error">
            <CircleAlert size={14} aria-hidden /> <span>{faults.eventTypes}</span>
          </p>
        )}
      </fieldset>
      <CheckField
        label="Send the Secret Key in a header"
        hint="X-Wayhook-Secret-Key. Leave it out if the receiver verifies signatures."
        checked={draft.sendSecretKey}
        onChange={(sendSecretKey) => change({ sendSecretKey })}
      />
      <FormFailure error={state.fault} fields={FIELDS} />
      <div className="form-actions">
        <Button onPress={onCancel}>Cancel</Button>
        <Button look="primary" type="submit" isBusy={state.isBusy}>
          {state.isBusy ? 'Saving…' : 'Save'}
        </Button>
      </div>
    </form>
  );
}
