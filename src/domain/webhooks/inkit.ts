import { z } from 'zod';
import { isJsonContainer } from '../lossless-json';

/* The preset for Inkit, which prints and posts letters (B040, B041). */

export const INKIT_ENDPOINT = 'https://internal.inkit.io/integrations/webhook';

/** The properties that Inkit knows; it stores everything else in a body as custom data. */
export const INKIT_FIELDS = [
  'first_name',
  'last_name',
  'email',
  'company',
  'phone',
  'address_line_1',
  'address_line_2',
  'address_city',
  'address_state',
  'address_zip',
  'address_country',
  'source',
] as const;
export type InkitField = (typeof INKIT_FIELDS)[number];

/** The default template of each property. */
const PRESET: Partial<Record<InkitField, string>> = {
  first_name: '{{firstName}}',
  last_name: '{{lastName}}',
  email: '{{email}}',
  company: '{{company}}',
  phone: '{{phoneNumber}}',
  address_line_1: '{{addressLine1}}',
  address_line_2: '{{addressLine2}}',
  address_city: '{{city}}',
  address_state: '{{state}}',
  address_zip: '{{zip}}',
  address_country: '{{country}}',
  source: 'wayhook',
};

const FieldTemplate = z.string().max(2_000, 'A property has at most 2000 characters.').optional();

const Fields = z
  .strictObject(
    Object.fromEntries(INKIT_FIELDS.map((name) => [name, FieldTemplate])) as Record<
      InkitField,
      typeof FieldTemplate
    >,
  )
  .superRefine((fields, context) => {
    for (const [name, text] of Object.entries(fields)) {
      const message = text?.includes('{{') ? undefined : inkitFault(name, text);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
    }
    if (fields.first_name || fields.last_name) return;
    context.addIssue({ code: 'custom', message: 'Inkit needs first_name or last_name.' });
  });

/** What an Inkit webhook sends: each property is plain text or Handlebars. */
export const Inkit = z.strictObject({
  templateId: z
    .string()
    .trim()
    .min(1, 'Inkit needs a template id.')
    .max(256)
    .refine((text) => !text.includes('{{'), 'The template id cannot contain Handlebars.'),
  fields: Fields.default(PRESET),
});
export type Inkit = z.infer<typeof Inkit>;

/** What is wrong with the value of a property, without quoting the value. An absent value is never wrong. */
export function inkitFault(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (isJsonContainer(value)) return `Inkit takes text for ${name}.`;
  const text = String(value);
  switch (name) {
    case 'address_line_1':
      return [...text].length > 64 ? 'Inkit takes at most 64 characters for address_line_1.' : undefined;
    case 'address_state':
      return TWO_LETTERS.test(text) ? undefined : 'Inkit takes two letters for address_state, such as CA.';
    case 'address_country':
      return TWO_LETTERS.test(text)
        ? undefined
        : 'Inkit takes two letters for address_country (ISO 3166), such as US.';
  }
  return undefined;
}

const TWO_LETTERS = /^[A-Za-z]{2}$/;

/** The parts of a webhook that depend on its destination. */
interface DestinationParts {
  destination: 'custom' | 'inkit';
  endpoint: string;
  method: string;
  bodyType: string;
  body?: unknown;
  authentication: { type: string };
  inkit?: Inkit;
}

/** Why an Inkit webhook cannot send: a copy has none of the original's secrets. */
export function missingToken({
  destination,
  authentication,
}: Pick<DestinationParts, 'destination' | 'authentication'>): string | undefined {
  if (destination !== 'inkit' || authentication.type === 'inkit') return undefined;
  return 'This Inkit webhook has no API token, because it is a copy. Save it with its token.';
}

/** Every setting that does not fit the webhook's destination, by field. */
export function destinationFaults(webhook: DestinationParts): [field: string, message: string][] {
  return webhook.destination === 'inkit' ? inkitFaults(webhook) : customFaults(webhook);
}

function inkitFaults({ method, bodyType, body, authentication, inkit }: DestinationParts) {
  return faults(
    [
      inkit === undefined,
      'inkit',
      'Inkit needs {"templateId": "…"}, and "fields" if the preset does not fit.',
    ],
    [method !== 'POST', 'method', 'Inkit accepts only POST. Leave the method out.'],
    [bodyType !== 'json', 'bodyType', 'Inkit accepts only JSON. Leave the bodyType out.'],
    [body !== undefined, 'body', 'The body of an Inkit webhook is built from inkit.fields. Leave it out.'],
    [
      authentication.type !== 'inkit',
      'authentication',
      'Inkit needs its API token: {"type": "inkit", "apiToken": "…"}.',
    ],
  );
}

/** The endpoint defaults to Inkit's: a custom webhook with that endpoint was sent without one. */
function customFaults({ endpoint, authentication, inkit }: DestinationParts) {
  return faults(
    [
      endpoint === INKIT_ENDPOINT,
      'endpoint',
      'A webhook needs an endpoint. For Inkit set destination to "inkit".',
    ],
    [inkit !== undefined, 'inkit', 'Only for Inkit. Set destination to "inkit", or leave it out.'],
    [
      authentication.type === 'inkit',
      'authentication',
      'Only for Inkit. Set destination to "inkit", or choose another type.',
    ],
  );
}

function faults(...checks: [isWrong: boolean, field: string, message: string][]): [string, string][] {
  return checks.filter(([isWrong]) => isWrong).map(([, field, message]) => [field, message]);
}
