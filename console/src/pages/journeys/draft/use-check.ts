import { useEffect } from 'react';
import { useQuery } from '@tanstack/react-query';
import { answerOf, api, ApiFault } from '../../../api/client';
import { bodyOf } from './draft';
import type { Editor } from './editor';

/** Between the last edit and the look: who types is not told about each letter. */
const PAUSE_MS = 600;

/** Lets the server look at the draft after each edit, as publishing would. */
export function useCheck({ base, draft, setFaults }: Editor, isWanted: boolean): void {
  const { data } = useQuery({
    queryKey: ['journey', base.id, 'check', draft],
    queryFn: async ({ signal }) => {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      signal.throwIfAborted();
      try {
        await answerOf(api.POST('/api/journeys/check', { body: { ...bodyOf(draft), id: base.id }, signal }));
        return { draft, faults: {} };
      } catch (error) {
        if (error instanceof ApiFault && error.status === 400) return { draft, faults: error.fields };
        throw error;
      }
    },
    enabled: isWanted,
    gcTime: 0,
    staleTime: 10_000,
    retry: false,
  });
  useEffect(() => {
    if (data !== undefined) setFaults(data.faults, data.draft);
  }, [data, setFaults]);
}
