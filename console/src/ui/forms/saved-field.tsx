import { useDeferredValue, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { ComboField, type ComboFieldProps, type ComboItem } from './combo-field';

export interface Saved<Id extends string | number> extends ComboItem {
  id: Id;
}

interface SavedFieldProps<Id extends string | number> extends ComboFieldProps {
  value: Id | undefined;
  /** What the chosen one is called. */
  name: string | undefined;
  onChange: (id: Id) => void;
  /** Those with this part in their name; `kind` tells one kind from another. */
  kind: string;
  load: (typed: string) => Promise<Saved<Id>[]>;
  /** Said when nothing is found. */
  empty?: string;
}

/** One of many saved things, which are found by their names. */
export function SavedField<Id extends string | number>(props: SavedFieldProps<Id>) {
  const { value, name = '', onChange, kind, load, empty = 'None has this name.', ...field } = props;
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
      placeholder="Search by name"
      {...field}
      empty={empty}
      box={{
        items: found,
        value: value ?? null,
        inputValue: typed ?? name,
        onInputChange: (text) => setTyped(text === name ? undefined : text),
        onChange: (id) => {
          setTyped(undefined);
          if (id !== null) onChange(id as Id);
        },
        onBlur: () => setTyped(undefined),
        menuTrigger: 'focus',
      }}
    />
  );
}
