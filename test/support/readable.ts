/** All fields of a Temporal message as one text, with decoded payloads. `JSON.stringify` would leave those in base64. */
export function readable(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name}: ${readable(part)}`)
    .join('\n');
}
