import { CheckField, TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import type { PartProps, TileOf } from '../draft/draft';
import { numberOrText } from '../parts/comparison-value';
import { faultAt, faultWithin } from '../parts/faults';
import { SendWindowEditor } from '../parts/send-window-editor';
import { changing } from './form';
import { PairFields } from './pair-fields';

type Requesting = TileOf<'webhook'> | TileOf<'liveData'>;
type Per = NonNullable<Requesting['rateLimit']>['per'];

const PER: { value: Per; text: string }[] = [
  { value: 'second', text: 'a second' },
  { value: 'minute', text: 'a minute' },
  { value: 'hour', text: 'an hour' },
];

/** What the tiles that call a saved webhook have in common. */
export function RequestFields<Value extends Requesting>(props: PartProps<Value>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <>
      <PairFields
        label="Dynamic Parameters"
        hint="Added to the URL’s query for each user."
        what="Parameter"
        add="Add parameter"
        names={{ name: 'Key', value: 'Value' }}
        isText
        value={value.parameters}
        onChange={(parameters) => set('parameters', parameters as Value['parameters'])}
        {...{ faults, path: `${path}.parameters` }}
      />
      <RateLimitFields
        value={value.rateLimit}
        onChange={(rateLimit) => set('rateLimit', rateLimit)}
        {...{ faults, path: `${path}.rateLimit` }}
      />
      <SendWindowEditor
        isOfTile
        value={value.sendWindow}
        onChange={(sendWindow) => set('sendWindow', sendWindow)}
        {...{ faults, path: `${path}.sendWindow` }}
      />
    </>
  );
}

function RateLimitFields({ value, onChange, faults, path }: PartProps<Requesting['rateLimit']>) {
  return (
    <div className="rows" role="group" aria-label="Rate limit">
      <CheckField
        label="Rate limit"
        hint="Of this tile alone. Users queue for it."
        checked={value !== undefined}
        onChange={(isOn) => onChange(isOn ? { limit: 100, per: 'minute' } : undefined)}
      />
      {value !== undefined && (
        <div className="side-by-side">
          <TextField
            label="Requests"
            inputMode="numeric"
            value={String(value.limit)}
            error={faultWithin(faults, `${path}.limit`)}
            onChange={(typed) => onChange({ ...value, limit: numberOrText(typed) as number })}
          />
          <SelectField
            label="In"
            value={value.per}
            choices={PER}
            onChange={(per) => onChange({ ...value, per })}
          />
        </div>
      )}
      {faultAt(faults, path)}
    </div>
  );
}
