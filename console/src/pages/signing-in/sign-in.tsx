import { type FormEvent, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { sessionOf, whoAmI } from '../../shell/session';
import { Button } from '../../ui/button';
import { messageOf } from '../../ui/failure';
import { TextField } from '../../ui/fields';
import { useTitle } from '../../ui/page';
import { Alone } from './alone';

export function SignIn() {
  const { next, ended } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; error?: string }>({});
  const queries = useQueryClient();
  const navigate = useNavigate();
  useTitle('Sign in');

  async function submit(event: FormEvent) {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      const answer = await answerOf(api.POST('/api/session', { body: { email, password } }));
      queries.setQueryData(whoAmI.queryKey, sessionOf(answer));
      await navigate({ href: next ?? '/', replace: true });
    } catch (error) {
      setPassword('');
      setState({ error: messageOf(error) });
    }
  }

  return (
    <Alone title="Sign in">
      {ended && state.error === undefined && (
        <p role="status">Your session has ended. Sign in, and you are back where you were.</p>
      )}
      <form className="stack" noValidate onSubmit={(event) => void submit(event)}>
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          autoFocus
          isRequired
          value={email}
          onChange={setEmail}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          isRequired
          value={password}
          onChange={setPassword}
        />
        {state.error !== undefined && (
          <p className="error" role="alert">
            {state.error}
          </p>
        )}
        <Button look="primary" type="submit" isDisabled={state.isBusy}>
          {state.isBusy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
      <p className="hint">
        Lost your password? An administrator can give you a new link, under Settings, People.
      </p>
    </Alone>
  );
}
