import { Notice } from '../../../../ui/feedback/notice';
import { Pairs } from '../../../../ui/forms/pairs';
import type { SavedWebhook } from '../../words';
import type { AuthenticationDraft } from '../authentication-draft';
import type { Draft } from '../draft';
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
          warningsOf(name, draft, saved).map((text) => (
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

/** What the server said, as long as nothing of it was changed; else what is likely. */
function warningsOf(name: string, { authentication }: Draft, saved: SavedWebhook | undefined): string[] {
  const known = saved?.authentication as { type: string; header?: string } | undefined;
  const index = saved?.headers.findIndex((header) => header.name === name) ?? -1;
  if (index >= 0 && known!.type === authentication.type && (known!.header ?? '') === authentication.header) {
    return saved!.warnings.filter(({ field }) => field === `headers[${index}]`).map(({ message }) => message);
  }
  return [
    ...(CREDENTIAL.test(name)
      ? ['This looks like a credential. Here everyone who may see webhooks reads it: use the authentication.']
      : []),
    ...(name !== '' && name.toLowerCase() === headerOf(authentication)?.toLowerCase()
      ? ['The authentication sets this header too, and wins. Remove it here.']
      : []),
  ];
}

/** The header that an authentication sets (G10). */
function headerOf({ type, header }: AuthenticationDraft): string | undefined {
  if (type === 'none' || type === 'inkit') return undefined;
  return type === 'apiKey' ? header : 'Authorization';
}
