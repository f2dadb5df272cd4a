import type { ReactNode } from 'react';
import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { Button } from '../../../ui/button';
import { faultAt } from '../parts/faults';
import type { Faults } from '../draft/draft';

interface PartListProps<Value> {
  label: string;
  /** What one is: “Branch”. */
  what: string;
  items: readonly Value[];
  onChange: (items: Value[]) => void;
  fields: (item: Value, change: (item: Value) => void, path: string) => ReactNode;
  blank: () => Value;
  fewest: number;
  faults: Faults;
  path: string;
  /** Their order counts. */
  isOrdered?: boolean;
}

const MOST = 10;

/** Branches or arms: up to ten, each with fields of its own. */
export function PartList<Value>(props: PartListProps<Value>) {
  const { label, what, items, onChange, fields, blank, fewest, faults, path, isOrdered = false } = props;
  const change = (index: number, item: Value) =>
    onChange(items.map((other, at) => (at === index ? item : other)));
  const swap = (index: number) => {
    const swapped = [...items];
    [swapped[index - 1], swapped[index]] = [items[index]!, items[index - 1]!];
    onChange(swapped);
  };
  return (
    <div className="rows" role="group" aria-label={label}>
      <span className="label">{label}</span>
      {items.map((item, index) => {
        const name = `${what.toLowerCase()} ${index + 1}`;
        return (
          <div className="part" role="group" aria-label={`${what} ${index + 1}`} key={index}>
            <div className="part-fields">
              {fields(item, (changed) => change(index, changed), `${path}[${index}]`)}
              {faultAt(faults, `${path}[${index}]`)}
            </div>
            <div className="part-tools">
              {items.length > fewest && (
                <Button
                  look="quiet"
                  icon
                  className="small"
                  aria-label={`Remove ${name}`}
                  onPress={() => onChange(items.filter((_, at) => at !== index))}
                >
                  <X size={14} aria-hidden />
                </Button>
              )}
              {isOrdered && index > 0 && (
                <Button
                  look="quiet"
                  icon
                  className="small"
                  aria-label={`Move ${name} up`}
                  onPress={() => swap(index)}
                >
                  <ArrowUp size={14} aria-hidden />
                </Button>
              )}
              {isOrdered && index < items.length - 1 && (
                <Button
                  look="quiet"
                  icon
                  className="small"
                  aria-label={`Move ${name} down`}
                  onPress={() => swap(index + 1)}
                >
                  <ArrowDown size={14} aria-hidden />
                </Button>
              )}
            </div>
          </div>
        );
      })}
      {faultAt(faults, path)}
      {items.length < MOST && (
        <Button look="quiet" className="add" onPress={() => onChange([...items, blank()])}>
          <Plus size={14} aria-hidden /> Add {what.toLowerCase()}
        </Button>
      )}
    </div>
  );
}
