import { TextField } from '../../../../ui/forms/fields';
import { SelectField } from '../../../../ui/forms/select-field';
import { TemplateEditor } from '../../../../ui/template-editor/template-editor';
import type { Method } from '../../words';
import { INKIT_ENDPOINT } from '../draft';
import type { SectionProps } from './section';

const DESTINATIONS = [
  { value: 'custom', text: 'Custom', hint: 'Any endpoint. You choose everything.' },
  { value: 'inkit', text: 'Inkit', hint: 'Prints and posts letters. Most is preset.' },
] as const;

const METHODS = (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((value) => ({ value, text: value }));

const urlTag = (path: string) => `{{#urlEncode}}{{${path}}}{{/urlEncode}}`;

/** What it is called, and where it goes. */
export function RequestSection({ draft, change, faultOf, variables }: SectionProps) {
  const isInkit = draft.destination === 'inkit';
  return (
    <section className="card form-section" aria-labelledby="section-request">
      <h2 id="section-request">Request</h2>
      <div className="two">
        <TextField
          label="Name"
          hint="Journeys select it by this name."
          value={draft.name}
          onChange={(name) => change({ name })}
          error={faultOf('name')}
        />
        <SelectField
          label="Destination"
          value={draft.destination}
          choices={DESTINATIONS}
          onChange={(destination) =>
            change({ destination, endpoint: endpointFor(destination, draft.endpoint) })
          }
          error={faultOf('destination')}
        />
      </div>
      <div className="method-and-endpoint">
        <SelectField
          label="HTTP method"
          value={isInkit ? 'POST' : draft.method}
          choices={METHODS}
          isDisabled={isInkit}
          onChange={(method: Method) => change({ method })}
          error={faultOf('method')}
        />
        <TemplateEditor
          label="Endpoint"
          language="text"
          rows={1}
          placeholder="https://api.example.com/users"
          value={draft.endpoint}
          onChange={(endpoint) => change({ endpoint })}
          error={faultOf('endpoint')}
          variables={variables}
          tagOf={urlTag}
          hint={
            <>
              Wrap values in <code>{'{{#urlEncode}}…{{/urlEncode}}'}</code>; API keys belong into the
              authentication.
            </>
          }
        />
      </div>
    </section>
  );
}

/** Inkit has one address for all; what was typed for another destination is kept. */
function endpointFor(destination: 'custom' | 'inkit', endpoint: string): string {
  if (destination === 'inkit') return endpoint === '' ? INKIT_ENDPOINT : endpoint;
  return endpoint === INKIT_ENDPOINT ? '' : endpoint;
}
