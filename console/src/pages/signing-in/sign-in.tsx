import { type FormEvent, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answerOf, api } from '../../api/client';
import { sessionOf, whoAmI } from '../../shell/session';
import { Button } from '../../ui/button';
import { messageOf } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';
import { useTitle } from '../../ui/page';
import { Alone } from './alone';

/** Why somebody came back from their identity provider without being signed in. */
const FAILED: Record<string, string> = {
  unknown: 'Nobody has added you here. Ask an administrator to, with the email that you have there.',
  unverified: 'You were recognized, but your email there is not confirmed. Confirm it there, then try again.',
  taken: 'Your email belongs to somebody else here. Ask an administrator.',
  expired: 'That took too long, or began in another browser. Try again.',
  unavailable: 'The identity provider cannot be reached. Try again, or sign in with a password.',
};
const FAILED_OTHERWISE =
  'The identity provider did not sign you in. Try again; if it fails again, the log of the server says why.';

export function SignIn() {
  const { next, ended, failed } = useSearch({ from: '/sign-in' });
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; error?: string }>({});
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { data: ways } = useQuery({
    queryKey: ['provider'],
    queryFn: () => answerOf(api.GET('/api/oidc')),
    staleTime: Infinity,
  });
  const provider = ways?.provider;
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
      {failed !== undefined && state.error === undefined && (
        <p className="error" role="alert">
          {FAILED[failed] ?? FAILED_OTHERWISE}
        </p>
      )}
      {provider && (
        <>
          <a
            className="btn plain"
            href={next ? `${provider.url}?next=${encodeURIComponent(next)}` : provider.url}
          >
            Sign in with {provider.name}
          </a>
          <p className="hint">Or with a password:</p>
        </>
      )}
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
