/*
 * What stands in an address after the “?”: each value as the text that it is. Addresses from before have texts that look
 * like JSON in quotes, such as `attempt="2"`: these are taken off, and a text that has such quotes of its own gets others
 * around them.
 */

export function parseSearch(query: string): Record<string, string> {
  return Object.fromEntries(
    [...new URLSearchParams(query)].map(([name, text]) => [name, unquoted(text) ?? text]),
  );
}

export function stringifySearch(search: Record<string, unknown>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined) parts.append(name, quotedIfNeeded(String(value)));
  }
  const query = parts.toString();
  return query === '' ? '' : `?${query}`;
}

/** The text within the quotes of JSON, if that is what this is. */
function unquoted(text: string): string | undefined {
  if (!text.startsWith('"')) return undefined;
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

function quotedIfNeeded(text: string): string {
  return unquoted(text) === undefined ? text : JSON.stringify(text);
}

/** An id, or another whole number, in the address by this name. */
export function idNamed<Name extends string>(name: Name) {
  return (search: Record<string, unknown>): { [name in Name]?: number } => {
    const text = String(search[name]);
    return (/^\d{1,15}$/.test(text) ? { [name]: Number(text) } : {}) as { [name in Name]?: number };
  };
}

/** What a list keeps in the address: texts by these names. Whatever else an address has is left out. */
export function texts<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [name in Name]?: string } => {
    const found = names.flatMap((name) => {
      const value = search[name];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    });
    return Object.fromEntries(found) as { [name in Name]?: string };
  };
}

/** The address of a page with what stands in its address now, and one more: nothing is asked of the router for each row. */
export function addressWith(path: string, search: Record<string, string | undefined>, name: string) {
  const { [name]: _one, ...others } = search;
  const kept = stringifySearch(others);
  const start = `${path}${kept === '' ? '?' : `${kept}&`}${name}=`;
  return (value: string) => start + encodeURIComponent(value);
}
