import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** gRPC: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const OUTAGE_CODES = new Set([1, 2, 4, 8, 10, 13, 14]);

/** Whether a call failed because Temporal is down or overloaded, not because the call was wrong. */
export function isOutage(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && OUTAGE_CODES.has(cause.code);
}

/** gRPC: PERMISSION_DENIED and UNIMPLEMENTED. */
const REFUSAL_CODES = new Set([7, 12]);

/** Whether a call failed because this server, or these credentials, will never allow it. */
export function isRefusal(error: unknown): boolean {
  return isGrpcServiceError(error) && REFUSAL_CODES.has(error.code);
}
