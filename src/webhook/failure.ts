import type { Reason } from '../domain/entry';

/** Why a request has no answer to classify. */
export type FailureReason = Extract<
  Reason,
  'timeout' | 'network' | 'tls' | 'invalid_url' | 'blocked_address' | 'render' | 'response_too_large'
>;

/**
 * What went wrong, for an operator. `detail` goes to the log and into Temporal's history, so it contains nothing
 * rendered: no URL, host, header value, body or secret.
 */
export interface Failure {
  reason: FailureReason;
  detail: string;
}

/** Why a body is not known whole: it was cut, is too long, or cannot be decoded. */
export interface BodyFault {
  reason: FailureReason | 'not_json';
  detail: string;
}

/** A request that Wayhook refuses or aborts; `send` returns it as a failure with this reason. */
export class EndpointFault extends Error {
  constructor(
    readonly reason: FailureReason,
    message: string,
  ) {
    super(message);
    this.name = 'EndpointFault';
  }
}

interface Cause {
  codes: RegExp;
  reason: FailureReason;
  words: string;
}

/** Every error code with which an endpoint or the network can fail a request. The first match applies. */
const CAUSES: Cause[] = [
  {
    codes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|ERR_SOCKET_CONNECTION_TIMEOUT)$/,
    reason: 'timeout',
    words: 'Connecting to the endpoint timed out',
  },
  {
    codes: /^ECONNREFUSED$/,
    reason: 'network',
    words: 'The endpoint refused the connection',
  },
  {
    codes: /^(EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EAFNOSUPPORT|EACCES|EPERM)$/,
    reason: 'network',
    words: 'The endpoint cannot be reached over the network',
  },
  {
    codes:
      /^(ECONNRESET|ECONNABORTED|ENETRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|HPE_INVALID_EOF_STATE)$/,
    reason: 'network',
    words: 'The endpoint closed the connection before its answer was complete',
  },
  {
    // ERR_ASSERTION: some answers may violate undici's assertions.
    codes: /^(ERR_ASSERTION|HTTPParserError|HPE_[A-Z_]+)$/,
    reason: 'network',
    words: 'The answer is not HTTP',
  },
  {
    codes: /^UND_ERR_HEADERS_OVERFLOW$/,
    reason: 'response_too_large',
    words: 'The endpoint answered with too many headers',
  },
  {
    codes: /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    reason: 'tls',
    words: 'The certificate of the endpoint has expired or is not valid yet',
  },
  {
    codes: /^(ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)|HOSTNAME_MISMATCH)$/,
    reason: 'tls',
    words: 'The certificate of the endpoint is for another host',
  },
  {
    codes:
      /SELF_SIGNED_CERT|^(UNABLE_TO_(GET|VERIFY|DECRYPT|DECODE)|CERT_|CRL_)|^(INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED)$/,
    reason: 'tls',
    words: 'The certificate of the endpoint cannot be trusted',
  },
  {
    codes: /^(EPROTO|ERR_SSL_[A-Z0-9_]+)$/,
    reason: 'tls',
    words: 'The TLS handshake with the endpoint failed',
  },
];

/** The failure for `error`; undefined if neither the endpoint nor the network can have caused it. */
function failureOf(error: unknown): Failure | undefined {
  if (error instanceof EndpointFault) return { reason: error.reason, detail: error.message };
  const code = codeOf(error);
  const cause = CAUSES.find(({ codes }) => codes.test(code));
  return cause && { reason: cause.reason, detail: `${cause.words} (${code}).` };
}

/** The same; rethrows what is Wayhook's own fault. */
export function failureFor(error: unknown): Failure {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  return failure;
}

/** An error's code, or its name if it has none, as in undici's errors about an answer that is not HTTP. */
function codeOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  return String(code ?? name);
}
