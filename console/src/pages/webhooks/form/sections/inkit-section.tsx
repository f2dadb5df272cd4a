import { TextField } from '../../../../ui/forms/fields';
import { TemplateEditor } from '../../../../ui/template-editor/template-editor';
import { INKIT_FIELDS } from '../inkit-preset';
import type { SectionProps } from './section';

/** The letter: its template, and who gets it. */
export function InkitSection({ draft, change, faultOf, variables }: SectionProps) {
  const { inkit } = draft;
  return (
    <section className="card form-section" aria-labelledby="section-inkit">
      <h2 id="section-inkit">Letter</h2>
      <TextField
        label="Template ID"
        mono
        placeholder="tpl_…"
        value={inkit.templateId}
        onChange={(templateId) => change({ inkit: { ...inkit, templateId } })}
        error={faultOf('inkit.templateId') ?? faultOf('inkit') ?? faultOf('inkit.fields')}
      />
      <div className="two">
        {INKIT_FIELDS.map(([name, label]) => (
          <TemplateEditor
            key={name}
            label={label}
            language="text"
            rows={1}
            value={inkit.fields[name] ?? ''}
            onChange={(text) => change({ inkit: { ...inkit, fields: { ...inkit.fields, [name]: text } } })}
            error={faultOf(`inkit.fields.${name}`)}
            variables={variables}
          />
        ))}
      </div>
    </section>
  );
}
