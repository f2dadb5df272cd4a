import { answerOf, api } from '../../../api/client';
import { useSession } from '../../../shell/session';
import { TextField } from '../../../ui/forms/fields';
import { useNames } from '../names';
import { SavedField } from '../../../ui/forms/saved-field';

interface WebhookFieldProps {
  value: number | undefined;
  onChange: (id: number | undefined) => void;
  error?: string;
  hint?: string;
  /** Which webhooks the tile can call. */
  only?: 'dataRetrieval' | 'get';
}

/** A saved webhook. Who may not see webhooks chooses one by its id. */
export function WebhookField({ value, onChange, error, hint, only }: WebhookFieldProps) {
  const session = useSession();
  const names = useNames();
  if (!session?.manageIntegrations) {
    return (
      <TextField
        label="Webhook id"
        inputMode="numeric"
        hint="You may not see the webhooks. Ask for the id of the one to call."
        value={value === undefined ? '' : String(value)}
        onChange={(typed) => onChange(/^\d+$/.test(typed) ? Number(typed) : undefined)}
        error={error}
      />
    );
  }
  return (
    <SavedField
      label="Webhook"
      kind={`webhooks ${only ?? ''}`}
      {...{ value, onChange, error, hint }}
      name={names.webhook(value)}
      load={async (name) => {
        const query = { pageSize: 50, ...(name && { name }) };
        const { webhooks } = await answerOf(api.GET('/api/journeyWebhooks', { params: { query } }));
        return webhooks
          .filter(({ dataRetrieval, method }) =>
            only === 'get' ? method === 'GET' : only === undefined || dataRetrieval,
          )
          .map((webhook) => ({
            id: webhook.id,
            name: webhook.name,
            hint: `${webhook.method} ${webhook.endpoint}`,
          }));
      }}
    />
  );
}
