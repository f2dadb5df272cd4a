/** What Inkit knows of a person, as it is named there and for people, and the template that fills it at first. */
export const INKIT_FIELDS = [
  ['first_name', 'First name', '{{firstName}}'],
  ['last_name', 'Last name', '{{lastName}}'],
  ['email', 'Email', '{{email}}'],
  ['company', 'Company', '{{company}}'],
  ['phone', 'Phone', '{{phoneNumber}}'],
  ['address_line_1', 'Address, line 1', '{{addressLine1}}'],
  ['address_line_2', 'Address, line 2', '{{addressLine2}}'],
  ['address_city', 'City', '{{city}}'],
  ['address_state', 'State, two letters', '{{state}}'],
  ['address_zip', 'ZIP', '{{zip}}'],
  ['address_country', 'Country, two letters', '{{country}}'],
  ['source', 'Source', 'wayhook'],
] as const;

export type InkitField = (typeof INKIT_FIELDS)[number][0];

export const INKIT_PRESET = Object.fromEntries(
  INKIT_FIELDS.map(([name, , template]) => [name, template]),
) as Record<InkitField, string>;
