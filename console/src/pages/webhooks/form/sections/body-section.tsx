import { CheckField } from '../../../../ui/forms/fields';
import { SelectField } from '../../../../ui/forms/select-field';
import { Pairs } from '../../../../ui/forms/pairs';
import { TemplateEditor } from '../../../../ui/template-editor/template-editor';
import type { SectionProps } from './section';
import { UserFields } from './user-fields';

const TYPES = [
  { value: 'json', text: 'JSON' },
  { value: 'form', text: 'URL-encoded' },
] as const;

interface BodySectionProps extends SectionProps {
  /** The fields that profiles have. */
  profileFields: readonly string[];
}

/** What the request carries. */
export function BodySection({ profileFields, ...props }: BodySectionProps) {
  const { draft, change, faultOf } = props;
  const hasNone = draft.method === 'GET' && draft.destination === 'custom';
  return (
    <section className="card form-section" aria-labelledby="section-body">
      <h2 id="section-body">Body</h2>
      {hasNone ? (
        <p className="hint">A GET has no body.</p>
      ) : (
        <>
          {draft.destination === 'custom' && (
            <SelectField
              label="Body type"
              value={draft.bodyType}
              choices={TYPES}
              onChange={(bodyType) => change({ bodyType })}
              error={faultOf('bodyType')}
            />
          )}
          <CheckField
            label="Include email and workflowId"
            checked={draft.includeEmailAndWorkflowId}
            onChange={(includeEmailAndWorkflowId) => change({ includeEmailAndWorkflowId })}
          />
          <UserFields
            fields={draft.userFields}
            known={profileFields}
            onChange={(userFields) => change({ userFields })}
            error={faultOf('userFields')}
          />
          {draft.destination === 'custom' && <CustomBody {...props} />}
          <p className="hint">
            Trigger data is always sent. Where names are equal, the custom body wins over trigger data, and
            that over user fields.
          </p>
        </>
      )}
      {hasNone && faultOf('body') !== undefined && <p className="error">{faultOf('body')}</p>}
    </section>
  );
}

function CustomBody({ draft, change, faultOf, variables }: SectionProps) {
  if (draft.bodyType === 'json') {
    return (
      <TemplateEditor
        label="JSON body"
        language="json"
        rows={6}
        hint={'Optional. A JSON object. Tags stand in texts or bare: {"age": {{age}}} stays a number.'}
        placeholder={'{"plan": "{{plan}}"}'}
        value={draft.json}
        onChange={(json) => change({ json })}
        error={faultOf('body')}
        variables={variables}
      />
    );
  }
  return (
    <div className="field">
      <span className="label">Form fields</span>
      <Pairs
        what="Form field"
        add="Add form field"
        pairs={draft.form}
        onChange={(form) => change({ form })}
        faultOf={(index, part) => faultOf(`body[${index}].${part}`)}
        variables={variables}
      />
      {faultOf('body') !== undefined && <p className="error">{faultOf('body')}</p>}
    </div>
  );
}
