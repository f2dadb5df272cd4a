import { Notice } from '../../../../ui/feedback/notice';
import { Pairs } from '../../../../ui/forms/pairs';
import type { SavedWebhook } from '../../words';
import type { SectionProps } from './section';

const CREDENTIAL = /authorization|api[-_]?key|token|secret|password|cookie|signature/i;

interface HeadersSectionProps extends SectionProps {
  saved: SavedWebhook | undefined;
}

/** Headers beside those that Wayhook and the authentication set. */
export function HeadersSection({ draft, change, faultOf, variables, saved }: HeadersSectionProps) {
  return (
    <section className="card form-section" aria-labelledby="section-headers">
      <h2 id="section-headers">Custom headers</h2>
      {draft.headers.length > 0 && (
        <p className="hint">
          Custom headers are shown in plain text to everyone who may see webhooks. For tokens and keys use the
          authentication.
        </p>
      )}
      <Pairs
        what="Header"
        add="Add header"
        pairs={draft.headers}
        onChange={(headers) => change({ headers })}
        faultOf={(index, part) => faultOf(`headers[${index}].${part}`)}
        variables={variables}
        noteOf={({ name }) =>
          warningsOf(name, saved).map((text) => (
            <Notice key={text} tone="warn">
              {text}
            </Notice>
          ))
        }
      />
      {faultOf('headers') !== undefined && <p className="error">{faultOf('headers')}</p>}
    </section>
  );
}

/** What the server said when the header was saved; before that, what is likely. */
function warningsOf(name: string, saved: SavedWebhook | undefined): string[] {
  const index = saved?.headers.findIndex((header) => header.name === name) ?? -1;
  if (index >= 0) {
    return saved!.warnings.filter(({ field }) => field === `headers[${index}]`).map(({ message }) => message);
  }
  if (!CREDENTIAL.test(name)) return [];
  return ['This looks like a credential. Here everyone who may see webhooks reads it.'];
}
