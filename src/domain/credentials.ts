/** Names of headers whose values let their holder in. */
const CREDENTIAL =
  /auth(?!ors?\b)|token|secret|password|credential|cookie|signature|session|(^|[-_])(api)?key($|[-_])|apikey/i;

/** Whether a header's name says that its value is a credential. A key that only names a request is none. */
export function namesCredential(header: string): boolean {
  return CREDENTIAL.test(header) && !/^(x-)?idempotency-key$/i.test(header);
}

/** The headers with each value that looks like a credential replaced by `[redacted]`. */
export function redactHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, namesCredential(name) ? '[redacted]' : value]),
  );
}
