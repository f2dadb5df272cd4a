import { Plus, X } from 'lucide-react';
import { Button } from '../../../ui/button';
import { SuggestField } from '../../../ui/forms/suggest-field';
import type { Match } from '../../../words/conditions';
import { faultAt, faultWithin } from './faults';
import { OF_ENTRY, useFields } from './known';
import { useTyped } from './typed';

interface MatchRowsProps {
  value: Match | undefined;
  /** Undefined when the last pair is removed. */
  onChange: (value: Match | undefined) => void;
  faults: Record<string, string>;
  path: string;
}

type Pairs = [string, string][];
const OF_EVENT = ['event'] as const;
const MOST = 10;

/** What ties an event to this entry: fields of the event, each with the field that it has to be equal to. */
export function MatchRows({ value, onChange, faults, path }: MatchRowsProps) {
  const [pairs, type] = useTyped<Match | undefined, Pairs>(value, pairsOf, matchOf);
  const [ofEvent, ofEntry] = [useFields(OF_EVENT), useFields(OF_ENTRY)];
  const change = (next: Pairs) => onChange(type(next));
  const changeSide = (index: number, side: 0 | 1, text: string) =>
    change(pairs.map((pair, at) => (at !== index ? pair : side === 0 ? [text, pair[1]] : [pair[0], text])));
  return (
    <div className="rows" role="group" aria-label="The event is about this entry">
      {pairs.length > 0 && <span className="label">Same in the event and in this entry</span>}
      {pairs.map(([left, right], index) => (
        <div className="match-row" key={index}>
          <SuggestField
            label={`Field of the event ${index + 1}`}
            isLabelHidden
            mono
            value={left}
            suggestions={ofEvent}
            placeholder="event.cartId"
            error={faultWithin(faults, `${path}[${JSON.stringify(left)}]`)}
            onChange={(text) => changeSide(index, 0, text)}
          />
          <span aria-hidden>=</span>
          <SuggestField
            label={`Field of this entry ${index + 1}`}
            isLabelHidden
            mono
            value={right}
            suggestions={ofEntry}
            placeholder="trigger.cartId"
            onChange={(text) => changeSide(index, 1, text)}
          />
          <Button
            look="quiet"
            icon
            className="small"
            aria-label={`Remove pair ${index + 1}`}
            onPress={() => change(pairs.filter((_, at) => at !== index))}
          >
            <X size={14} aria-hidden />
          </Button>
        </div>
      ))}
      {faultAt(faults, path)}
      {pairs.length < MOST && (
        <Button look="quiet" className="add" onPress={() => change([...pairs, ['event.', 'trigger.']])}>
          <Plus size={14} aria-hidden /> {pairs.length === 0 ? 'Only if about this entry' : 'Another pair'}
        </Button>
      )}
    </div>
  );
}

function pairsOf(match: Match | undefined): Pairs {
  return Object.entries(match ?? {});
}

function matchOf(pairs: Pairs): Match | undefined {
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}
