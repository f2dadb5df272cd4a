/** Names of headers whose values let their holder in. */
const CREDENTIAL =
  /auth|token|secret|password|credential|cookie|signature|session|(^|[-_])(api)?key($|[-_])|apikey/i;

/** The headers with each value that looks like a credential replaced by `[redacted]`. */
export function redactHeaders(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, CREDENTIAL.test(name) ? '[redacted]' : value]),
  );
}
