import { ApiError } from '../errors';

/** The draft's place among the versions of a journey, which count from 1; below it are copies of drafts. */
export const DRAFT = 0;

/** Whether a version is the copy of a draft that test runs walk. */
export function isOfDraft(version: number): boolean {
  return version < DRAFT;
}

/** The error for a version that a journey does not have. */
export function noVersion(journeyId: number, version: number): ApiError {
  return new ApiError(
    'NotFound',
    `Journey ${journeyId} has no version ${version}. GET /api/journeys/${journeyId}/versions lists them.`,
  );
}
