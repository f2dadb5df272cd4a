import { z } from 'zod';

/** What a read returns in place of a secret; written back, it leaves the stored secret unchanged. */
export const SECRET_MARKER = { set: true } as const;
const Marker = z.strictObject({ set: z.literal(true) });

/** Anything but the printable characters of Latin-1. The soft hyphen is one that nobody sees. */
const NOT_IN_HEADER = /[^\x20-\x7e\xa0-\xac\xae-\xff]/;

/** Control characters, and those that nobody sees, such as a zero-width space: they were pasted by mistake. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** White space at the ends is cut off: a pasted token often ends in a line end. */
function trimmed(most: number) {
  return z
    .string()
    .max(most)
    .overwrite((text) => text.trim());
}

/** A text of an authentication that is encoded before it is sent, so that it may have any visible character. */
export function visible(most = 1_024) {
  return trimmed(most).superRefine((text, context) => {
    const at = text.search(UNSEEN);
    if (at < 0) return;
    const message = `Character ${at + 1} is a line end, another control character or an invisible one. Remove it.`;
    context.addIssue({ code: 'custom', message });
  });
}

const MAX_SECRET = 8_192;
const EMPTY = 'A secret must not be empty.';

/** A secret that is sent in a header as it is. */
const InHeader = trimmed(MAX_SECRET)
  .min(1, EMPTY)
  .superRefine((text, context) => {
    const at = text.search(NOT_IN_HEADER);
    if (at < 0) return;
    const message = `No header can carry character ${at + 1}: it is a line end, another control character, an invisible one or outside Latin-1. Remove it.`;
    context.addIssue({ code: 'custom', message });
  });

function orMarker<Text extends z.ZodType<string, string>>(text: Text) {
  return z.union([text, Marker]);
}

/** The schemas of a secret, by how it is sent. */
export const HeaderSecret = orMarker(InHeader);
export const EncodedSecret = orMarker(visible(MAX_SECRET).min(1, EMPTY));
/** RFC 7617 allows an empty one: services that take a key as the user name have no password. */
export const Password = orMarker(visible(MAX_SECRET));
/** A token after a scheme that Wayhook writes itself. */
export const SchemeToken = (scheme: Scheme) =>
  orMarker(InHeader.refine((text) => text === '' || withoutScheme(text, scheme) !== '', EMPTY));

export type Secret = z.infer<typeof HeaderSecret>;

export type Scheme = 'basic' | 'bearer';

const TYPED: Record<Scheme, RegExp> = { basic: /^(?:basic(?:\s+|$))+/i, bearer: /^(?:bearer(?:\s+|$))+/i };

/** A token without the scheme that was typed before it. */
export function withoutScheme(token: string, scheme: Scheme): string {
  return token.replace(TYPED[scheme], '');
}
