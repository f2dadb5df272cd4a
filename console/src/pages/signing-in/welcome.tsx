import { type FormEvent, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { answerOf, api, ApiFault } from '../../api/client';
import { sessionOf, whoAmI } from '../../shell/session';
import { Button } from '../../ui/button';
import { messageOf } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';
import { useTitle } from '../../ui/page';
import { Alone } from './alone';
import { isolated } from '../../words/quoted';

/** The code of a one-time link. It stands behind `#`, so it reaches no log. */
function codeOfLink(): string {
  return new URLSearchParams(location.hash.slice(1)).get('code') ?? '';
}

/** Where a one-time link leads: the first administrator, somebody who is new, somebody who lost their password. */
export function Welcome() {
  const [code] = useState(codeOfLink);
  const link = useQuery({
    queryKey: ['welcome', code],
    queryFn: () => answerOf(api.POST('/api/welcome/check', { body: { code } })),
    retry: false,
    refetchOnWindowFocus: false,
  });
  useTitle('Welcome');

  if (link.isPending)
    return (
      <Alone title="Welcome">
        <p role="status">Looking at your link…</p>
      </Alone>
    );
  if (link.isError) {
    return (
      <Alone title="This link cannot be used">
        <p role="alert">{messageOf(link.error)}</p>
        <Link to="/sign-in">Sign in</Link>
      </Alone>
    );
  }
  const { person } = link.data;
  return (
    <Alone title={person === null ? 'Welcome to Wayhook' : `Welcome, ${isolated(person.name)}`}>
      <p>
        {person === null
          ? 'You are the first administrator here. You can invite others later.'
          : 'Choose a password. From then on you sign in with it.'}
      </p>
      <PasswordForm code={code} email={person?.email} />
    </Alone>
  );
}

function PasswordForm({ code, email: known }: { code: string; email: string | undefined }) {
  const [email, setEmail] = useState(known ?? '');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; fault?: unknown }>({});
  const queries = useQueryClient();
  const navigate = useNavigate();
  const fields = state.fault instanceof ApiFault ? state.fault.fields : {};

  async function submit(event: FormEvent) {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      const self = known === undefined ? { email, name } : {};
      const answer = await answerOf(api.POST('/api/welcome', { body: { code, password, ...self } }));
      queries.setQueryData(whoAmI.queryKey, sessionOf(answer));
      // The code is used up, and leaves the address with it. Who is the first here has seen nothing yet.
      await navigate({ to: known === undefined ? '/start' : '/', replace: true });
    } catch (fault) {
      setState({ fault });
    }
  }

  return (
    <form className="stack" noValidate onSubmit={(event) => void submit(event)}>
      {known === undefined && (
        <TextField
          label="Your name"
          autoComplete="name"
          autoFocus
          isRequired
          value={name}
          onChange={setName}
          error={fields.name}
        />
      )}
      <TextField
        label="Email"
        type="email"
        autoComplete="username"
        isRequired
        isReadOnly={known !== undefined}
        value={email}
        onChange={setEmail}
        error={fields.email}
      />
      <TextField
        label="Password"
        type="password"
        autoComplete="new-password"
        autoFocus={known !== undefined}
        hint="At least 12 characters. A few words that you remember are better than signs that you do not."
        isRequired
        value={password}
        onChange={setPassword}
        error={fields.password}
      />
      {state.fault !== undefined && Object.keys(fields).length === 0 && (
        <p className="error" role="alert">
          {messageOf(state.fault)}
        </p>
      )}
      <Button look="primary" type="submit" isDisabled={state.isBusy}>
        {state.isBusy ? 'One moment…' : 'Set the password and begin'}
      </Button>
    </form>
  );
}
