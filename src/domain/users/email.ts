/**
 * Characters that nobody sees or types: control and format characters (zero width, bidirectional, soft hyphen), all
 * spaces, fillers, variation selectors, private use, and the sign for a character that could not be read.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufffd]/u;

const LOCAL = /^[^@"<>(),:;\\[\]]+$/;

/** Letters and digits of any script, and symbols such as emoji; no quotes, and no hyphen at its ends. */
const LABEL = /^(?!-)[\p{L}\p{M}\p{N}\p{So}\u00b7\u30fb_-]+(?<!-)$/u;

const LONGEST = 254;

export function isEmail(text: string): boolean {
  const [local = '', domain = '', ...more] = text.split('@');
  const labels = domain.split('.');
  return (
    text.length <= LONGEST &&
    more.length === 0 &&
    !INVISIBLE.test(text) &&
    LOCAL.test(local) &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label))
  );
}

/** Says what nobody sees: which character other than a space makes a text no email. Undefined if none does. */
export function invisibleFault(text: string): string | undefined {
  const character = INVISIBLE.exec(text.replaceAll(' ', ''))?.[0];
  if (character === undefined) return undefined;
  const codePoint = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `It has an invisible character, U+${codePoint}. Remove it.`;
}

/**
 * An email as it is compared: A to Z in lower case, all else unchanged. The database does the same (`foldedEmailSql`). A
 * full lower() would make one address of two, and another one in each locale.
 */
export function foldedEmail(email: string): string {
  return email.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
