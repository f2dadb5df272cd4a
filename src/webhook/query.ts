import { urlEncode } from '../template/url-encode';

/**
 * Adds a dynamic parameter (B049) to a rendered URL and encodes its name and value. It replaces parameters of the
 * same name; the rest of the query is unchanged.
 */
export function withParameter(url: string, name: string, value: string): string {
  return withEncoded(url, name, percentEncode(value));
}

/**
 * The URL that the User Profile tile calls (B096, B101): with the user's `email`, its `@` not encoded, or with
 * `userId` for a user without an email.
 */
export function withIdentity(
  url: string,
  { email, userId }: { email: string | null; userId: string | null },
): string {
  if (email !== null) return withEncoded(url, 'email', percentEncode(email).replaceAll('%40', '@'));
  return userId === null ? url : withParameter(url, 'userId', userId);
}

function withEncoded(text: string, name: string, value: string): string {
  const url = new URL(text);
  const others = url.search
    .slice(1)
    .split('&')
    .filter((piece) => piece !== '' && !new URLSearchParams(`&${piece}`).has(name));
  url.search = '?' + [...others, `${percentEncode(name)}=${value}`].join('&');
  return url.href;
}

/** Unlike `urlEncode`, also encodes `+` and `*`, so that every query parser decodes the value alike. */
function percentEncode(text: string): string {
  return urlEncode(text).replaceAll('+', '%20').replaceAll('*', '%2A');
}
