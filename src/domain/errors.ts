/** Every error code of the API, with its HTTP status. `docs/errors.md` explains each. */
export const ERROR_STATUS = {
  BadJsonBody: 400,
  BadParams: 400,
  GenericError: 400,
  InvalidEmailAddressError: 400,
  InvalidUserIdError: 400,
  ProfileTooLarge: 400,
  RequestFieldsTypesMismatched: 400,
  SimulationTooLong: 400,
  BadApiKey: 401,
  BadCredentials: 401,
  BadSignature: 401,
  SessionEnded: 401,
  Forbidden: 403,
  NotFound: 404,
  UnknownEmailError: 404,
  UnknownUserIdError: 404,
  MethodNotAllowed: 405,
  RequestTimeout: 408,
  Conflict: 409,
  EmailAlreadyExists: 409,
  ExternalKeyConflict: 409,
  UserIdAlreadyExists: 409,
  Gone: 410,
  Stale: 412,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  TestRequired: 422,
  RateLimitExceeded: 429,
  HeadersTooLarge: 431,
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
    this.name = 'ApiError';
  }
}

/** What is wrong with fields, by path. */
export type Faults = Record<string, string>;

/** Throws `BadParams` if there are faults. */
export function refuse(faults: Faults): void {
  if (Object.keys(faults).length > 0) throw badParams(faults);
}

/** The error for faulty fields. */
export function badParams(params: Faults): ApiError {
  const [first, ...others] = Object.entries(params);
  const more = others.length === 0 ? '' : ` (and ${others.length} more, see params)`;
  return new ApiError('BadParams', `${first![0]}: ${first![1]}${more}`, params);
}

/** `['tiles', 1, 'next']` as `tiles[1].next`. */
export function pathText(path: PropertyKey[]): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      if (!/^[\w-]+$/.test(String(key))) return `[${JSON.stringify(String(key))}]`;
      return index === 0 ? String(key) : `.${String(key)}`;
    })
    .join('');
}
