import { type Inkit, INKIT_FIELDS, inkitFault } from '../domain/webhooks/inkit';
import { RenderFault } from '../template/faults';
import type { Payload } from './payload';
import { jsonOf } from '../template/values';

/** The property that holds Inkit's API token. It is added when the body is sent, never when it is rendered. */
const TOKEN = 'api_token';

/**
 * The body for Inkit: its properties, merged over the rest of the payload, which Inkit stores as custom data. Empty
 * properties are left out. Throws a RenderFault that names the property that Inkit would reject.
 */
export function inkitBody(
  { templateId, fields }: Inkit,
  payload: Payload,
  render: (name: string, template: string) => string | undefined,
): string {
  const rendered = Object.entries(fields)
    .map(([name, template]) => [name, render(name, template ?? '')] as const)
    .filter(([, text]) => text);
  const all: Payload = {
    ...payload,
    template_id: templateId,
    ...Object.fromEntries(rendered),
  };
  const { [TOKEN]: _token, ...body } = all;
  check(body);
  return jsonOf(body);
}

function check(body: Payload): void {
  for (const name of INKIT_FIELDS) {
    const fault = inkitFault(name, body[name]);
    if (fault !== undefined) throw faultAt(fault, name);
  }
  if (body.first_name || body.last_name) return;
  throw faultAt('Inkit needs first_name or last_name, and this user has neither.');
}

function faultAt(message: string, ...name: string[]): RenderFault {
  const fault = new RenderFault('render', message);
  fault.path = ['inkit', 'fields', ...name];
  return fault;
}

/** The Inkit body with the API token added, as it is sent. */
export function withInkitToken(body: string, token: string): string {
  const rest = body.slice(1);
  return `{"${TOKEN}":${JSON.stringify(token)}${rest === '}' ? '' : ','}${rest}`;
}
