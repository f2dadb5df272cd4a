import { type FormEvent, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client';
import { type Session, sessionOf } from '../../shell/session';
import { Button } from '../../ui/button';
import { messageOf } from '../../ui/feedback/failure';
import { TextField } from '../../ui/forms/fields';

interface SignInFormProps {
  /** Known where somebody signs in again. */
  email?: string;
  /** Where the identity provider leads back to. */
  next: string | undefined;
  /** In another tab, so that this page stays as it is. */
  isElsewhere?: boolean;
  onSignedIn: (session: Session) => unknown;
}

/** With a password, or with the identity provider if there is one. */
export function SignInForm({ email: known = '', next, isElsewhere = false, onSignedIn }: SignInFormProps) {
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState('');
  const [state, setState] = useState<{ isBusy?: boolean; error?: string }>({});
  const { data: ways } = useQuery({
    queryKey: ['provider'],
    queryFn: () => answerOf(api.GET('/api/oidc')),
    staleTime: Infinity,
  });
  const provider = ways?.provider;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setState({ isBusy: true });
    try {
      await onSignedIn(sessionOf(await answerOf(api.POST('/api/session', { body: { email, password } }))));
    } catch (error) {
      setPassword('');
      setState({ error: messageOf(error) });
    }
  }

  return (
    <>
      {provider && (
        <>
          <a
            className="btn plain"
            href={next ? `${provider.url}?next=${encodeURIComponent(next)}` : provider.url}
            {...(isElsewhere && { target: '_blank', rel: 'noreferrer' })}
          >
            Sign in with {provider.name}
          </a>
          <p className="hint">
            {isElsewhere ? 'That opens another tab; come back to this one then. ' : ''}Or with a password:
          </p>
        </>
      )}
      <form className="stack" noValidate onSubmit={(event) => void submit(event)}>
        <TextField
          label="Email"
          type="email"
          autoComplete="username"
          autoFocus={known === ''}
          isRequired
          value={email}
          onChange={setEmail}
        />
        <TextField
          label="Password"
          type="password"
          autoComplete="current-password"
          autoFocus={known !== ''}
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
    </>
  );
}
