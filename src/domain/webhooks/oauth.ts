import { z } from 'zod';
import { Url } from './request-parts';
import { EncodedSecret, visible } from './secret';

/** The token URL is called as written, so a template in it can only be a mistake. */
const PlainUrl = Url.refine((text) => !text.includes('{{'), 'A token URL cannot contain templates.');

/** RFC 6749, 3.3: words of visible ASCII without quotes and backslashes. */
const Scope = visible(2_048).regex(
  /^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/,
  'A scope is one word or several with a space between them, in ASCII without quotes and backslashes.',
);

const MAX_PARAMETERS = 20;

/** They are part of every token request: Wayhook or another field sets them. */
const OWN_PARAMETERS = ['grant_type', 'client_id', 'client_secret', 'scope'];

const Parameters = z
  .record(z.string(), visible(2_048).min(1, 'A parameter needs a value.'))
  .superRefine((parameters, context) => {
    const names = Object.keys(parameters);
    if (names.length > MAX_PARAMETERS) {
      context.addIssue({ code: 'custom', message: `There are at most ${MAX_PARAMETERS} parameters.` });
    }
    for (const name of names) {
      const message = parameterFault(name);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
    }
  });

function parameterFault(name: string): string | undefined {
  if (!/^[\w.-]{1,64}$/.test(name)) {
    return 'The name of a parameter has 1 to 64 letters, digits or the characters - . _';
  }
  if (!OWN_PARAMETERS.includes(name.toLowerCase())) return undefined;
  return 'This parameter is sent anyway, from the fields of the authentication.';
}

/** The statuses that a fresh token may fix. */
const RefreshOn = z
  .array(
    z.union([z.literal(401), z.literal(403)], 'A fresh token is requested on 401, and on 403 if you add it.'),
  )
  .refine(
    (statuses) => statuses.includes(401) && new Set(statuses).size === statuses.length,
    'List 401, and 403 if the endpoint answers that to an expired token.',
  );

/** OAuth 2.0 with client credentials (B058). What is optional has no default, so that stored rows stay as they are. */
export const OAuth = z.strictObject({
  type: z.literal('oauth2'),
  clientId: visible().min(1),
  clientSecret: EncodedSecret,
  tokenUrl: PlainUrl,
  scope: Scope.optional(),
  parameters: Parameters.optional().describe(
    'More fields of the token request, such as audience or resource.',
  ),
  clientAuthentication: z
    .enum(['body', 'basic'])
    .optional()
    .describe('Where client id and secret are sent: in the body (the default), or in a Basic header.'),
  refreshOn: RefreshOn.optional().describe(
    'Statuses that a fresh token may fix: [401], the default, or [401, 403].',
  ),
});

/** The same without its secret. */
export type StoredOAuth = Omit<z.infer<typeof OAuth>, 'clientSecret'>;
