/** Every code a caller can meet, with its HTTP status. `docs/errors.md` explains each. */
export const ERROR_STATUS = {
  BadJsonBody: 400,
  BadParams: 400,
  GenericError: 400,
  InvalidEmailAddressError: 400,
  InvalidUserIdError: 400,
  RequestFieldsTypesMismatched: 400,
  BadApiKey: 401,
  Forbidden: 403,
  NotFound: 404,
  UnknownEmailError: 404,
  UnknownUserIdError: 404,
  MethodNotAllowed: 405,
  Conflict: 409,
  EmailAlreadyExists: 409,
  ExternalKeyConflict: 409,
  UserIdAlreadyExists: 409,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  TestRequired: 422,
  RateLimitExceeded: 429,
  GenericServerError: 500,
  DatabaseError: 503,
  Unavailable: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/**
 * A caller's mistake: answered with the code's status, never retried, never sent to Temporal.
 * `params` names the fields at fault, path to message: `{ "tiles[1].next": "There is no tile …" }`.
 */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly params: Record<string, unknown> | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RequestError';
  }
}
