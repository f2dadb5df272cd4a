import { z } from 'zod';
import type { ErrorCode } from '../../domain/errors';
import { type FailedRow, sentName } from '../http/rows';

/** Users of one bulk call: Segment sends 1,001. */
export const MOST_USERS = 1_001;

const Names = z.array(z.string());

/** What became of the users of a bulk call, in Iterable's shape. */
export const BulkAnswer = z.object({
  successCount: z.int(),
  failCount: z.int(),
  invalidEmails: Names,
  invalidUserIds: Names,
  createdFields: Names.describe('Fields that no user had before.'),
  filteredOutFields: Names.describe('Fields that were left out, because createNewFields is false.'),
  failedUpdates: z.object({
    conflictEmails: Names,
    conflictUserIds: Names,
    forgottenEmails: Names.describe('Always empty: who was deleted may come again.'),
    forgottenUserIds: Names,
    invalidDataEmails: Names.describe(
      'Users with a field of another type than its first use, or a row that cannot be used.',
    ),
    invalidDataUserIds: Names,
    invalidEmails: Names,
    invalidUserIds: Names,
    notFoundEmails: Names,
    notFoundUserIds: Names,
  }),
});
export type BulkAnswer = z.infer<typeof BulkAnswer>;

/** Why a row failed, as the names of Iterable's lists begin. */
type Failure = 'conflict' | 'invalidData' | 'notFound';

const FAILURES: Partial<Record<ErrorCode, Failure>> = {
  EmailAlreadyExists: 'conflict',
  UserIdAlreadyExists: 'conflict',
  UnknownEmailError: 'notFound',
  UnknownUserIdError: 'notFound',
};

/** The lists that name rows which failed. One without a name is only counted: there is nothing to name it by. */
export function listsOf(
  failed: FailedRow[],
): Pick<BulkAnswer, 'invalidEmails' | 'invalidUserIds' | 'failedUpdates'> {
  const invalidEmails: string[] = [];
  const invalidUserIds: string[] = [];
  const others = {
    ...{ conflictEmails: [], conflictUserIds: [], forgottenEmails: [], forgottenUserIds: [] },
    ...{ invalidDataEmails: [], invalidDataUserIds: [], notFoundEmails: [], notFoundUserIds: [] },
  } as Omit<BulkAnswer['failedUpdates'], 'invalidEmails' | 'invalidUserIds'>;
  for (const { row, error } of failed) {
    const [email, userId] = [sentName(row, 'email'), sentName(row, 'userId')];
    if (error.code === 'InvalidEmailAddressError') invalidEmails.push(...(email ? [email] : []));
    else if (error.code === 'InvalidUserIdError') invalidUserIds.push(...(userId ? [userId] : []));
    else {
      const failure = FAILURES[error.code] ?? 'invalidData';
      if (email) others[`${failure}Emails`].push(email);
      // Clients look for each row by either name. A second name might be that of a row that was fine.
      if (userId && (!email || failure === 'conflict')) others[`${failure}UserIds`].push(userId);
    }
  }
  return { invalidEmails, invalidUserIds, failedUpdates: { ...others, invalidEmails, invalidUserIds } };
}

/** The answer to a call with so many rows, of which these failed. */
export function bulkAnswerOf(
  count: number,
  failed: FailedRow[],
  fields: Pick<BulkAnswer, 'createdFields' | 'filteredOutFields'>,
): BulkAnswer {
  const successCount = count - failed.length;
  return { successCount, failCount: failed.length, ...listsOf(failed), ...fields };
}
