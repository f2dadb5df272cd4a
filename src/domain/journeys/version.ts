/** The draft's place among the versions of a journey, which count from 1; below it are copies of drafts. */
export const DRAFT = 0;

/** Whether a version is the copy of a draft that test runs walk. */
export function isOfDraft(version: number): boolean {
  return version < DRAFT;
}
