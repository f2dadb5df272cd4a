import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type Session, whoAmI } from '../../shell/session';
import { useTitle } from '../../ui/page';
import { Alone } from './alone';
import { SignInForm } from './sign-in-form';

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
  const { next, failed } = useSearch({ from: '/sign-in' });
  const queries = useQueryClient();
  const navigate = useNavigate();
  useTitle('Sign in');

  async function onSignedIn(session: Session) {
    queries.setQueryData(whoAmI.queryKey, session);
    await navigate({ href: next ?? '/', replace: true });
  }

  return (
    <Alone title="Sign in">
      {failed !== undefined && (
        <p className="error" role="alert">
          {FAILED[failed] ?? FAILED_OTHERWISE}
        </p>
      )}
      <SignInForm next={next} onSignedIn={onSignedIn} />
    </Alone>
  );
}
