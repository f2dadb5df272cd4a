/**
 * The scheme and host of a URL whose host contains no tag and no block, and is followed by none.
 * URL parsers treat a backslash as a slash; Handlebars removes one that stands before a brace.
 */
const PLAIN_ORIGIN = /^https?:\/\/[^/?#\\{]+(?=[/?#]|\\(?!\{)|$)/i;

/**
 * Scheme, host and port that a URL has for every user, as URL parsers read them: `https://api.example.com`. Undefined
 * where a template decides on a part of them.
 */
export function originOf(url: string): string | undefined {
  const [origin] = PLAIN_ORIGIN.exec(url) ?? [];
  return origin !== undefined && URL.canParse(origin) ? new URL(origin).origin : undefined;
}

/** Whether a host name, as `URL` reads it, has only characters that names and addresses have. `URL` lets `a{b` pass. */
export function isHostName(hostname: string): boolean {
  return /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])$/.test(hostname);
}

const FREE_HOST =
  'A stored secret is sent to one host only. Write the scheme, host and port of the URL without tags and blocks, and a / or ? after them, or leave the authentication out.';

/** Why a URL cannot be called with this authentication: the data would decide who gets its secret. */
export function freeHostFault(url: string, { type }: { type: string }): string | undefined {
  return type === 'none' || originOf(url) !== undefined ? undefined : FREE_HOST;
}

/** Whether a rendered request would take the secret of a webhook to another host than the one it was saved for. */
export function takesSecretElsewhere(
  url: string,
  { endpoint, authentication }: { endpoint: string; authentication: { type: string } },
): boolean {
  return authentication.type !== 'none' && originOf(url) !== originOf(endpoint);
}
