import { CheckField, TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import type { PartProps, TileOf } from '../draft/draft';
import { numberOrText } from '../parts/comparison-value';
import { DurationField } from '../parts/duration-field';
import { faultAt, faultWithin } from '../parts/faults';
import { changing, type TileFormProps } from './form';
import { InlineWebhookFields } from './inline-webhook';
import { RequestFields } from './request-fields';
import { WebhookField } from './webhook-field';

const KINDS = [
  { value: 'saved', text: 'A saved webhook' },
  { value: 'inline', text: 'A webhook of this tile alone', hint: 'Never listed, never shared' },
] as const;
type Kind = (typeof KINDS)[number]['value'];

export function WebhookForm(props: TileFormProps<'webhook'>) {
  const { value, onChange, faults, path } = props;
  const set = changing(props);
  const kind: Kind = value.webhook === undefined ? 'saved' : 'inline';
  function choose(chosen: Kind) {
    const { webhookId: _id, webhook: _webhook, callback, ...rest } = value;
    if (chosen === 'inline') onChange({ ...rest, webhook: { url: 'https://' } });
    else onChange({ ...rest, ...(callback && { callback }) });
  }
  return (
    <>
      <SelectField label="Calls" value={kind} choices={KINDS} onChange={choose} />
      {value.webhook === undefined ? (
        <>
          <WebhookField
            value={value.webhookId}
            onChange={(id) => set('webhookId', id)}
            error={faultWithin(faults, `${path}.webhookId`)}
          />
          <RequestFields {...props} />
          <CallbackFields
            value={value.callback}
            onChange={(callback) => set('callback', callback)}
            {...{ faults, path: `${path}.callback` }}
          />
        </>
      ) : (
        <>
          <InlineWebhookFields
            value={value.webhook}
            onChange={(webhook) => set('webhook', webhook)}
            {...{ faults, path: `${path}.webhook` }}
          />
          <RequestFields {...props} />
        </>
      )}
    </>
  );
}

function CallbackFields({ value, onChange, faults, path }: PartProps<TileOf<'webhook'>['callback']>) {
  return (
    <div className="rows" role="group" aria-label="Callback">
      <CheckField
        label="Wait for a callback"
        hint="The endpoint answers now, and calls back when it is done. The webhook’s signing must be on."
        checked={value !== undefined}
        onChange={(isOn) => onChange(isOn ? { timeout: '1 day' } : undefined)}
      />
      {value !== undefined && (
        <>
          <DurationField
            label="At most"
            value={value.timeout}
            error={faultWithin(faults, `${path}.timeout`)}
            onChange={(timeout) => onChange({ ...value, timeout: timeout ?? '' })}
          />
          <TextField
            label="If it answers with the status"
            inputMode="numeric"
            value={String(value.on ?? 202)}
            error={faultWithin(faults, `${path}.on`)}
            onChange={(typed) => onChange({ ...value, on: numberOrText(typed) as number })}
          />
        </>
      )}
      {faultAt(faults, path)}
    </div>
  );
}
