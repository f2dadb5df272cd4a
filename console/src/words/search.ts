/** An id in the address, by this name. */
export function idNamed<Name extends string>(name: Name) {
  return (search: Record<string, unknown>): { [name in Name]?: number } => {
    const value = search[name];
    return (Number.isSafeInteger(value) ? { [name]: value } : {}) as { [name in Name]?: number };
  };
}

/**
 * What a list keeps in the address: texts by these names. Whatever else an address has is left out; a number is the text
 * that somebody typed.
 */
export function texts<Name extends string>(...names: Name[]) {
  return (search: Record<string, unknown>): { [name in Name]?: string } => {
    const found = names.flatMap((name) => {
      const value = search[name];
      if (typeof value === 'number') return [[name, String(value)]];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    });
    return Object.fromEntries(found) as { [name in Name]?: string };
  };
}

/** The address of a page with what stands in its address now, and one more: nothing is asked of the router for each row. */
export function addressWith(path: string, search: Record<string, string | undefined>, name: string) {
  const kept = Object.entries(search).flatMap(([key, value]) =>
    value === undefined || key === name ? [] : [`${key}=${encodeURIComponent(value)}&`],
  );
  const start = `${path}?${kept.join('')}${name}=`;
  return (value: string) => start + encodeURIComponent(value);
}
