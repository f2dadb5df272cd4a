import { type FormEvent, useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answerOf, api, ApiFault, fieldsOf } from '../../api/client';
import { sessionOf, useSession, whoAmI } from '../../shell/session';
import { Button } from '../../ui/button';
import { FormFailure } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';
import { toast } from '../../ui/feedback/toast';
import { SettingsPage } from './settings-page';
import { roleText } from './words';

/** Who one is, and one's password. */
export function Account() {
  const session = useSession();
  if (session === null) return null;
  const { name, email, role } = session.person;
  return (
    <SettingsPage title="My account">
      <section className="card account" aria-labelledby="who">
        <h2 id="who">You</h2>
        <dl className="setting-facts">
          <dt>Name</dt>
          <dd>{name}</dd>
          <dt>Email</dt>
          <dd>{email}</dd>
          <dt>Role</dt>
          <dd>{roleText(role)}</dd>
        </dl>
        <p className="hint">
          {role === 'admin'
            ? 'You can change these under People.'
            : 'An administrator can change these, under Settings, People.'}
        </p>
      </section>
      <section className="card account" aria-labelledby="password">
        <h2 id="password">Password</h2>
        <PasswordForm email={email} />
      </section>
    </SettingsPage>
  );
}

const WRONG = 'This is not your current password. After ten wrong tries it is locked for 15 minutes.';
const NOTHING = { currentPassword: '', newPassword: '' };

function PasswordForm({ email }: { email: string }) {
  const [draft, setDraft] = useState(NOTHING);
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: () => answerOf(api.PUT('/api/session/password', { body: draft })),
    onSuccess: (answer) => {
      // The session is a new one, with a token of its own.
      queries.setQueryData(whoAmI.queryKey, sessionOf(answer));
      void queries.invalidateQueries({ queryKey: ['sessions'] });
      setDraft(NOTHING);
      toast('Changed your password. Your other sessions have ended.');
    },
    onError: () => setDraft((before) => ({ ...before, currentPassword: '' })),
  });
  const isWrong = change.error instanceof ApiFault && change.error.code === 'BadCredentials';
  const faults: Record<string, string> = isWrong ? { currentPassword: WRONG } : fieldsOf(change.error);

  function submit(event: FormEvent) {
    event.preventDefault();
    change.mutate();
  }

  return (
    <form className="stack" noValidate onSubmit={submit}>
      {/* So that a password manager knows whose it is. */}
      <input type="hidden" autoComplete="username" value={email} readOnly />
      <TextField
        label="Current password"
        type="password"
        autoComplete="current-password"
        isRequired
        value={draft.currentPassword}
        onChange={(currentPassword) => setDraft({ ...draft, currentPassword })}
        error={faults.currentPassword}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="At least 12 characters. A few words that you remember are better than signs that you do not."
        isRequired
        value={draft.newPassword}
        onChange={(newPassword) => setDraft({ ...draft, newPassword })}
        error={faults.newPassword}
      />
      <FormFailure error={isWrong ? null : change.error} fields={['currentPassword', 'newPassword']} />
      <div>
        <Button look="primary" type="submit" isDisabled={change.isPending}>
          {change.isPending ? 'Changing…' : 'Change the password'}
        </Button>
      </div>
      <p className="hint">It signs you out everywhere else.</p>
    </form>
  );
}
