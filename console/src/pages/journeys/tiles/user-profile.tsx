import { TextField } from '../../../ui/forms/fields';
import { SelectField } from '../../../ui/forms/select-field';
import { faultWithin } from '../parts/faults';
import { SendWindowEditor } from '../parts/send-window-editor';
import { changing, type TileFormProps } from './form';
import { WebhookField } from './webhook-field';

const KINDS = [
  { value: 'url', text: 'A URL' },
  { value: 'saved', text: 'A saved GET webhook', hint: 'With its authentication' },
] as const;

/** The kind that is shown while no webhook is chosen yet: the URL is left out then. */
export function UserProfileForm(props: TileFormProps<'userProfile'>) {
  const { value, onChange, faults, path } = props;
  const set = changing(props);
  const isUrl = value.url !== undefined;
  function choose(kind: (typeof KINDS)[number]['value']) {
    const { url: _url, webhookId: _id, ...rest } = value;
    onChange(kind === 'url' ? { ...rest, url: '' } : rest);
  }
  return (
    <>
      <SelectField label="Fetches from" value={isUrl ? 'url' : 'saved'} choices={KINDS} onChange={choose} />
      {isUrl ? (
        <TextField
          label="URL"
          mono
          hint="The user’s email is added to its query. The answer is merged into the profile."
          value={value.url ?? ''}
          error={faultWithin(faults, `${path}.url`)}
          onChange={(url) => set('url', url)}
        />
      ) : (
        <WebhookField
          only="get"
          hint="The answer is merged into the profile."
          value={value.webhookId}
          onChange={(id) => set('webhookId', id)}
          error={faultWithin(faults, `${path}.webhookId`) ?? faultWithin(faults, `${path}.url`)}
        />
      )}
      <SendWindowEditor
        isOfTile
        value={value.sendWindow}
        onChange={(sendWindow) => set('sendWindow', sendWindow)}
        {...{ faults, path: `${path}.sendWindow` }}
      />
    </>
  );
}
