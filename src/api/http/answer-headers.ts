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

function policyOf(sources: string[]): string {
  return [...sources, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join('; ');
}
