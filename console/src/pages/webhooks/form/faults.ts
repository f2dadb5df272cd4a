import { useEffect, useRef, useState } from 'react';
import type { Draft } from './draft';

export type Faults = ReturnType<typeof useFaults>;

/** The faults of the last answer, each until its field is changed. */
export function useFaults(draft: Draft) {
  const [given, setGiven] = useState<{ fields: Record<string, string>; draft: Draft }>();
  const latest = useRef(draft);
  latest.current = draft;
  useEffect(() => {
    // The first field at fault, once its fault is shown.
    if (given !== undefined) document.querySelector<HTMLElement>('form [aria-invalid=true]')?.focus();
  }, [given]);
  return {
    of(path: string): string | undefined {
      if (given === undefined) return undefined;
      const parts = DRAFT_PARTS[/^\w+/.exec(path)?.[0] ?? ''] ?? [];
      return parts.every((part) => given.draft[part] === draft[part]) ? given.fields[path] : undefined;
    },
    show: (fields: Record<string, string>) => setGiven({ fields, draft: latest.current }),
    clear: () => setGiven(undefined),
  };
}

/** The parts of the form that each field of the API is made of. */
const DRAFT_PARTS: Record<string, (keyof Draft)[]> = {
  ...{ name: ['name'], destination: ['destination'], method: ['method'], endpoint: ['endpoint'] },
  ...{ authentication: ['authentication', 'endpoint'], headers: ['headers'], inkit: ['inkit'] },
  ...{ bodyType: ['bodyType'], body: ['json', 'form', 'bodyType', 'method'], userFields: ['userFields'] },
  ...{ signing: ['signing'], dataRetrieval: ['dataRetrieval'], liveDataFields: ['liveDataFields'] },
};
