import { type FormEvent, useState } from 'react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Send } from 'lucide-react';
import { useSession } from '../../shell/session';
import { Button } from '../../ui/button';
import { FormFailure } from '../../ui/feedback/failure';
import { fieldsOf } from '../../api/client';
import { TextField } from '../../ui/forms/fields';
import { SelectField } from '../../ui/forms/select-field';
import { Page } from '../../ui/page';
import { objectIn } from '../../words/exact-json';
import { Passage } from './passage';
import { sendTo } from './send';
import './start.css';

const TARGETS = [
  { value: 'inbox', text: 'The built-in inbox', hint: 'Wayhook’s own: this page shows what arrives.' },
  { value: 'own', text: 'An endpoint of my own', hint: 'Its answer is shown here.' },
] as const;
const DATA = '{\n  "promotionId": 123,\n  "color": "red"\n}';

/** The first five minutes: one user, one webhook, and the request as it arrives. */
export function Start() {
  const { entry, endpoint: wanted } = useSearch({ from: '/shell/start' });
  const navigate = useNavigate({ from: '/start' });
  const session = useSession();
  const [draft, setDraft] = useState({
    target: wanted === undefined ? 'inbox' : 'own',
    endpoint: wanted ?? '',
    email: 'test.user@example.com',
    data: DATA,
  });
  const dataFields = objectIn(draft.data);
  const endpoint = draft.target === 'own' ? draft.endpoint.trim() : undefined;
  const send = useMutation({
    mutationFn: () => sendTo(endpoint, { email: draft.email, dataFields: dataFields ?? {} }),
    onSuccess: (id) => void navigate({ search: { endpoint, entry: id } }),
  });
  const faults = fieldsOf(send.error);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (dataFields !== undefined) send.mutate();
  }

  if (session?.manageIntegrations === false) {
    return (
      <Page title="Try it">
        <p className="lead">
          This page sends a webhook, for which you need to manage integrations. An administrator can give you
          another role.
        </p>
      </Page>
    );
  }
  return (
    <Page title="Try it">
      <p className="lead">
        A journey leads users through tiles; a webhook tile sends a request. Send one user through, and watch
        the request arrive.
      </p>
      <div className="try">
        <form className="card stack" noValidate onSubmit={submit}>
          <SelectField
            label="Send it to"
            choices={TARGETS}
            hint={TARGETS.find(({ value }) => value === draft.target)?.hint}
            value={draft.target as 'inbox' | 'own'}
            onChange={(target) => setDraft({ ...draft, target })}
          />
          {draft.target === 'own' && (
            <TextField
              label="Endpoint"
              mono
              isRequired
              placeholder="https://api.example.com/hooks"
              hint="Wayhook makes a webhook and a journey for it, which you can change afterwards."
              value={draft.endpoint}
              onChange={(typed) => setDraft({ ...draft, endpoint: typed })}
              error={faults.endpoint}
            />
          )}
          <TextField
            label="Email of the test user"
            type="email"
            value={draft.email}
            onChange={(email) => setDraft({ ...draft, email })}
            error={faults.email}
          />
          <TextField
            label="Trigger data"
            mono
            rows={5}
            hint="It becomes the body of the request, with the email."
            value={draft.data}
            onChange={(data) => setDraft({ ...draft, data })}
            error={dataFields === undefined ? 'This is not a JSON object.' : faults.dataFields}
          />
          <FormFailure error={send.error} fields={['endpoint', 'email', 'dataFields']} />
          <div>
            <Button look="primary" type="submit" isDisabled={send.isPending}>
              <Send size={16} aria-hidden /> {send.isPending ? 'Sending…' : 'Send a test user'}
            </Button>
          </div>
        </form>
        {entry === undefined ? (
          <section className="card placeholder" aria-label="What arrives">
            <p>Here you see the user’s way, and the request as it arrives.</p>
          </section>
        ) : (
          <Passage key={entry} entryId={entry} isOwn={wanted !== undefined} />
        )}
      </div>
    </Page>
  );
}
