import type { Role } from '../../src/domain/people/person';
import type { Answer, ApiWorld, Call } from './api-world';

/** A person in a browser. */
export interface SignedIn {
  id: number;
  email: string;
  password: string;
  cookie: string;
  csrfToken: string;
  /** The answer to the one-time link. */
  welcomed: Answer;
  /** Calls as a page of this server does, unless `headers` say otherwise. */
  call: Call;
  /** Another session of the same person. */
  signInAgain: () => Promise<Answer>;
}

export const PASSWORD = 'seven yellow bicycles';

let made = 0;

/** Adds a person, who sets a password with their link. */
export async function signInAs(
  { call }: Pick<ApiWorld, 'call'>,
  role: Role,
  password = PASSWORD,
): Promise<SignedIn> {
  made += 1;
  const email = `${role}${made}@example.com`;
  const { id } = (await call('POST', '/api/people', { email, name: `A ${role}`, role })).body;
  const { link } = (await call('POST', `/api/people/${id}/invite`)).body;
  const welcomed = await call('POST', '/api/welcome', { code: codeIn(link), password }, NO_KEY);
  return {
    ...{ id, email, password, welcomed },
    ...sessionIn(call, welcomed),
    signInAgain: () => call('POST', '/api/session', { email, password }, NO_KEY),
  };
}

/** A call without an API key: the header is left out. */
export const NO_KEY = { 'api-key': undefined };

export function codeIn(link: string): string {
  return link.split('#code=')[1]!;
}

/** The session that an answer began. */
export function sessionIn(
  call: Call,
  { headers, body }: Answer,
): Pick<SignedIn, 'cookie' | 'csrfToken' | 'call'> {
  const cookie = String(headers['set-cookie']).split(';')[0]!;
  const { csrfToken } = body as { csrfToken: string };
  const ours = { ...NO_KEY, cookie, 'sec-fetch-site': 'same-origin', 'x-csrf-token': csrfToken };
  return {
    cookie,
    csrfToken,
    call: (method, url, sent, headers) => call(method, url, sent, { ...ours, ...headers }),
  };
}
