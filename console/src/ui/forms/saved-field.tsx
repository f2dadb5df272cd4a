import { useDeferredValue, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { ComboField, type ComboFieldProps } from './combo-field';

export interface Saved {
  id: number;
  name: string;
  hint?: string;
}

interface SavedFieldProps extends ComboFieldProps {
  value: number | undefined;
  /** What the chosen one is called. */
  name: string | undefined;
  onChange: (id: number) => void;
  /** Those with this part in their name; `kind` tells one kind from another. */
  kind: string;
  load: (name: string) => Promise<Saved[]>;
}

/** One of many saved things, which are found by their names. */
export function SavedField({ value, name = '', onChange, kind, load, ...field }: SavedFieldProps) {
  const [typed, setTyped] = useState<string>();
  const wanted = useDeferredValue(typed ?? '');
  const { data: found = [] } = useQuery({
    queryKey: [kind, 'named', wanted],
    queryFn: () => load(wanted),
    staleTime: 10_000,
    placeholderData: (before) => before,
  });
  return (
    <ComboField
      {...field}
      placeholder="Search by name"
      empty="None has this name."
      box={{
        items: found,
        value: value ?? null,
        inputValue: typed ?? name,
        onInputChange: (text) => setTyped(text === name ? undefined : text),
        onChange: (id) => {
          setTyped(undefined);
          if (id !== null) onChange(Number(id));
        },
        onBlur: () => setTyped(undefined),
        menuTrigger: 'focus',
      }}
    />
  );
}
