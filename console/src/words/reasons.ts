/** Why an entry or a delivery ended early, and what helps. The words are those of docs/retries.md. */
export const REASONS: Record<string, { text: string; remedy?: string }> = {
  http_status: {
    text: 'HTTP status',
    remedy: 'The endpoint refused the request. Look at its answer, then fix the endpoint or the webhook.',
  },
  timeout: {
    text: 'Timeout',
    remedy: 'The endpoint did not answer in 10 seconds. Let it answer first and work later.',
  },
  network: {
    text: 'Network',
    remedy: 'The endpoint could not be reached, or dropped the connection. Check that it is up.',
  },
  tls: { text: 'TLS', remedy: 'The endpoint’s certificate is not trusted. Renew or correct it.' },
  invalid_url: {
    text: 'Invalid URL',
    remedy: 'What the endpoint of the webhook renders to is no URL. Correct its template.',
  },
  blocked_address: {
    text: 'Blocked address',
    remedy:
      'The endpoint is not on the public internet. WAYHOOK_ALLOWED_NETWORKS says which others may be called.',
  },
  token: {
    text: 'No access token',
    remedy: 'Check the client id, the client secret and the token URL of the webhook.',
  },
  unauthorized: {
    text: 'Unauthorized',
    remedy: 'The endpoint refused the credentials. Renew them in the webhook.',
  },
  not_json: { text: 'Not JSON', remedy: 'This tile reads the answer, which has to be JSON.' },
  render: {
    text: 'Template',
    remedy: 'The request could not be rendered for this user. Correct the template, or give it a default.',
  },
  webhook_deleted: {
    text: 'Webhook deleted',
    remedy: 'Choose another webhook for the tile and publish the journey.',
  },
  consent: { text: 'Consent declined' },
  exit_rule: { text: 'Exit rule' },
  callback: { text: 'Callback said failure' },
  operator: { text: 'By an operator' },
  user_deleted: { text: 'User erased' },
  response_too_large: { text: 'Answer too large', remedy: 'Let the endpoint answer with less.' },
  superseded: { text: 'Newer entry' },
  invalid_start: { text: 'Invalid start', remedy: 'Correct what starts this workflow in Temporal.' },
};

export function reasonText(reason: string): string {
  return REASONS[reason]?.text ?? reason;
}

/** The reasons as a filter has them; `which` picks some. */
export function reasonChoices(which: (reason: string) => boolean = () => true) {
  return Object.entries(REASONS)
    .filter(([reason]) => which(reason))
    .map(([value, { text }]) => ({ value, text }));
}
