const MOST_CHARACTERS = 200;

/** What a Content-Disposition (RFC 6266) calls the file: its last part, without what cannot be seen. Undefined without one. */
export function fileNameIn(disposition: string | undefined): string | undefined {
  const [, encoded] = /;\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)/i.exec(disposition ?? '') ?? [];
  const [, quoted, bare] =
    /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))/i.exec(disposition ?? '') ?? [];
  const name = decoded(encoded) ?? quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
  const last = name.split(/[/\\]/).at(-1)!;
  const shown = last.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\u2028\u2029]/gu, '').trim();
  return shown === '' ? undefined : [...shown].slice(0, MOST_CHARACTERS).join('');
}

function decoded(encoded: string | undefined): string | undefined {
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
