/** Matches names of headers whose values are credentials. */
const CREDENTIAL =
  /auth(?!ors?\b)|token|secret|password|credential|cookie|signature|session|(^|[-_])(api)?key($|[-_])|apikey/i;

/** Whether a header's name suggests a credential. An idempotency key is not one. */
export function namesCredential(header: string): boolean {
  return CREDENTIAL.test(header) && !/^(x-)?idempotency-key$/i.test(header);
}

/** What is shown in place of a credential. */
export const REDACTED = '[redacted]';

/** The headers with each value that looks like a credential replaced by `[redacted]`. */
export function redactHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, namesCredential(name) ? REDACTED : value]),
  );
}

/** Redacting anything shorter would also remove text that merely looks like it. */
const SHORTEST_SECRET = 4;

/** Redacts secrets that an endpoint's text repeats: in plain text, JSON-escaped or URL-encoded. */
export function redactSecrets(text: string, secrets: string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), inUrl(secret)])
    .reduce((shown, secret) => shown.replaceAll(secret, REDACTED), text);
}

function inUrl(secret: string): string {
  return encodeURIComponent(secret.replace(/\p{Surrogate}/gu, '?'));
}
