import { findWebhooks, useWebhooks } from '../../../api/names';
import { SavedField } from '../../../ui/forms/saved-field';

interface WebhookFieldProps {
  value: number | undefined;
  onChange: (id: number | undefined) => void;
  error?: string;
  hint?: string;
  /** Which webhooks the tile can call. */
  only?: 'dataRetrieval' | 'get';
}

const WHICH = { dataRetrieval: { dataRetrieval: 'true' }, get: { method: 'GET' } } as const;

/** A saved webhook. Who may not see webhooks chooses among their names all the same. */
export function WebhookField({ value, only, ...field }: WebhookFieldProps) {
  const webhooks = useWebhooks([value]);
  return (
    <SavedField
      label="Webhook"
      kind={`webhooks ${only ?? ''}`}
      {...{ value, ...field }}
      name={value === undefined ? undefined : (webhooks.get(value)?.name ?? `Webhook ${value}`)}
      load={(name) => findWebhooks(name, only && WHICH[only])}
    />
  );
}
