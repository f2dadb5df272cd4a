import { useMemo } from 'react';
import { type Pair, pairOf, Pairs } from '../../../ui/forms/pairs';
import type { Variable } from '../../../ui/template-editor/variables';
import type { Faults } from '../draft/draft';
import { faultAt, faultWithin } from '../parts/faults';
import { OF_ENTRY, useFields } from '../parts/known';
import { useTyped } from '../parts/typed';
import { textOf, valueOf } from './value-text';

interface PairFieldsProps {
  label: string;
  hint?: string;
  what: string;
  add: string;
  value: Record<string, unknown> | undefined;
  /** Undefined when the last row is removed. */
  onChange: (value: Record<string, unknown> | undefined) => void;
  faults: Faults;
  path: string;
  names?: { name: string; value: string };
  /** All values are texts. */
  isText?: boolean;
}

/** Names with values that are templates. */
export function PairFields({
  label,
  hint,
  what,
  add,
  value,
  onChange,
  faults,
  path,
  names,
  isText = false,
}: PairFieldsProps) {
  const variables = useVariables();
  const [pairs, type] = useTyped<Record<string, unknown> | undefined, Pair[]>(
    value,
    (record) =>
      Object.entries(record ?? {}).map(([name, field]) =>
        pairOf(name, isText ? String(field) : textOf(field)),
      ),
    (rows) =>
      rows.length === 0
        ? undefined
        : Object.fromEntries(rows.map((row) => [row.name, isText ? row.value : valueOf(row.value)])),
  );
  return (
    <div className="rows" role="group" aria-label={label}>
      <span className="label">{label}</span>
      <Pairs
        {...{ what, add, pairs, names, variables }}
        onChange={(rows) => onChange(type(rows))}
        faultOf={(index, part) => (part === 'value' ? faultOf(faults, path, pairs[index]!.name) : undefined)}
      />
      {hint !== undefined && <span className="hint">{hint}</span>}
      {faultAt(faults, path)}
    </div>
  );
}

/** Names that are no plain words stand in brackets in a path. */
function faultOf(faults: Faults, path: string, name: string): string | undefined {
  return faultWithin(faults, `${path}.${name}`) ?? faultWithin(faults, `${path}[${JSON.stringify(name)}]`);
}

/** What templates of a tile can read: profile and trigger without their roots. */
export function useVariables(): Variable[] {
  const fields = useFields(OF_ENTRY);
  return useMemo(
    () =>
      fields.map(({ value }) => {
        const [root, ...rest] = value.split('.');
        const isPlain = root === 'profile' || root === 'trigger';
        return { path: isPlain ? rest.join('.') : value, from: root === 'trigger' ? 'trigger data' : root! };
      }),
    [fields],
  );
}
