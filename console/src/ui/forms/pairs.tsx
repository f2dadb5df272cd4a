import type { ReactNode } from 'react';
import { Plus, X } from 'lucide-react';
import { Button } from '../button';
import { TextField } from './fields';
import { TemplateEditor } from '../template-editor/template-editor';
import type { Variable } from '../template-editor/variables';
import './pairs.css';

export interface Pair {
  /** Of the row, while it is edited. */
  key: number;
  name: string;
  value: string;
}

let last = 0;

export function pairOf(name = '', value = ''): Pair {
  last += 1;
  return { key: last, name, value };
}

interface PairsProps {
  /** What one is: “Header”. */
  what: string;
  /** The button that adds one: “Add header”. */
  add: string;
  pairs: readonly Pair[];
  onChange: (pairs: Pair[]) => void;
  /** What is wrong with a part of the row at this index. */
  faultOf?: (index: number, part: 'name' | 'value') => string | undefined;
  /** Where values are templates: what their tags can read. */
  variables?: readonly Variable[];
  /** Below a row. */
  noteOf?: (pair: Pair) => ReactNode;
  names?: { name: string; value: string };
}

const NAMES = { name: 'Name', value: 'Value' };

/** Rows of a name and a value. */
export function Pairs({ what, add, pairs, onChange, names = NAMES, ...props }: PairsProps) {
  const { faultOf, variables, noteOf } = props;
  const change = (key: number, part: Partial<Pair>) =>
    onChange(pairs.map((pair) => (pair.key === key ? { ...pair, ...part } : pair)));
  return (
    <div className="pairs">
      {pairs.map((pair, index) => (
        <div className="pair" role="group" aria-label={`${what} ${index + 1}`} key={pair.key}>
          <TextField
            label={names.name}
            mono
            value={pair.name}
            onChange={(name) => change(pair.key, { name })}
            error={faultOf?.(index, 'name')}
          />
          {variables === undefined ? (
            <TextField
              label={names.value}
              mono
              value={pair.value}
              onChange={(value) => change(pair.key, { value })}
              error={faultOf?.(index, 'value')}
            />
          ) : (
            <TemplateEditor
              label={names.value}
              language="text"
              rows={1}
              value={pair.value}
              onChange={(value) => change(pair.key, { value })}
              error={faultOf?.(index, 'value')}
              variables={variables}
            />
          )}
          <Button
            look="quiet"
            icon
            aria-label={`Remove ${what.toLowerCase()} ${index + 1}`}
            onPress={() => onChange(pairs.filter(({ key }) => key !== pair.key))}
          >
            <X size={16} aria-hidden />
          </Button>
          {noteOf?.(pair)}
        </div>
      ))}
      <Button onPress={() => onChange([...pairs, pairOf()])}>
        <Plus size={14} aria-hidden /> {add}
      </Button>
    </div>
  );
}
