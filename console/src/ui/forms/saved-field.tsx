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
  // Its name as it was chosen: when the text of the field changed later, the list would open again.
  const [picked, setPicked] = useState<Saved<Id>>();
  const shown = picked !== undefined && picked.id === value ? picked.name : name;
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
        inputValue: typed ?? shown,
        onInputChange: (text) => setTyped(text === shown ? undefined : text),
        onChange: (id) => {
          setTyped(undefined);
          setPicked(found.find((item) => item.id === id));
          if (id !== null) onChange(id as Id);
        },
        onBlur: () => setTyped(undefined),
        menuTrigger: 'focus',
      }}
    />
  );
}
