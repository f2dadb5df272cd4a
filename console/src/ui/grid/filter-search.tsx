import { useState } from 'react';
import { type Saved, SavedField } from '../forms/saved-field';
import { FilterChip } from './filter-chip';

interface FilterSearchProps {
  label: string;
  /** What it says where it filters nothing. */
  any: string;
  /** What it filters by, in words, once it does. */
  chip: string | undefined;
  /** Those with this part in their name; `kind` tells one kind from another. */
  kind: string;
  load: (name: string) => Promise<Saved<number>[]>;
  onChange: (id: string | undefined) => void;
}

/** A filter of a list by one of many saved things, which are found by their names. */
export function FilterSearch({ label, any, chip, kind, load, onChange }: FilterSearchProps) {
  const [isChosenHere, setChosenHere] = useState(false);
  if (chip !== undefined) {
    return (
      <FilterChip autoFocus={isChosenHere} onClear={() => onChange(undefined)}>
        {chip}
      </FilterChip>
    );
  }
  return (
    <SavedField
      {...{ label, kind, load }}
      isLabelHidden
      placeholder={any}
      value={undefined}
      name={undefined}
      onChange={(id) => {
        // The field goes: the chip in its place has the focus.
        setChosenHere(true);
        onChange(String(id));
      }}
    />
  );
}
