/** Where requests to an inbox are sent. */
export function addressOf(name: string): string {
  return `${location.origin}/inbox/${name}`;
}

/** A first request. */
export function curlOf(name: string): string {
  return `curl -X POST ${addressOf(name)} \\
  -H "Content-Type: application/json" \\
  -d '{"hello": "world"}'`;
}
