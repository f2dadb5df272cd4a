import { TextField } from '../../../ui/forms/fields';
import { faultWithin } from '../parts/faults';
import { changing, type TileFormProps } from './form';
import { RequestFields } from './request-fields';
import { WebhookField } from './webhook-field';

export function LiveDataForm(props: TileFormProps<'liveData'>) {
  const { value, faults, path } = props;
  const set = changing(props);
  return (
    <>
      <WebhookField
        only="dataRetrieval"
        hint="Webhooks with Data Retrieval."
        value={value.webhookId}
        onChange={(id) => set('webhookId', id)}
        error={faultWithin(faults, `${path}.webhookId`)}
      />
      <TextField
        label="Reference name"
        mono
        hint={`Read as {{liveData.${value.name || 'name'}.…}}`}
        value={value.name}
        error={faultWithin(faults, `${path}.name`)}
        onChange={(name) => set('name', name)}
      />
      <RequestFields {...props} />
    </>
  );
}
