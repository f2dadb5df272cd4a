/** On every answer. A browser does not guess its type, render, frame, embed or store it, and tells nobody of it. */
export const ANSWER_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': policyOf(["default-src 'none'"]),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** The content security policy of the API's page: scripts and calls of its own, and the styles that its tags carry. */
export const PAGE_POLICY = policyOf([
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
]);

/**
 * The policy of the console: scripts and calls of its own, styles of its own or with the nonce of this one page. No
 * script can turn text into HTML.
 */
export function consolePolicy(nonce: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function policyOf(sources: string[]): string {
  return [...sources, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join('; ');
}
