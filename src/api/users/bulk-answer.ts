import { z } from 'zod';
import type { CheckedFields } from '../../db/users/profile-fields';
import { type ErrorCode, ApiError } from '../../domain/errors';
import type { Named } from './identity';

/** Users of one bulk call. */
export const MOST_USERS = 1_000;

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
    invalidDataEmails: Names.describe('Users with a field of another type than its first use.'),
    invalidDataUserIds: Names,
    invalidEmails: Names,
    invalidUserIds: Names,
    notFoundEmails: Names,
    notFoundUserIds: Names,
  }),
});
type BulkAnswer = z.infer<typeof BulkAnswer>;

/** Why a user of a bulk call failed, as the names of Iterable's answer begin. */
const FAILURES: Partial<Record<ErrorCode, 'conflict' | 'invalidData' | 'notFound'>> = {
  EmailAlreadyExists: 'conflict',
  UserIdAlreadyExists: 'conflict',
  RequestFieldsTypesMismatched: 'invalidData',
  UnknownEmailError: 'notFound',
  UnknownUserIdError: 'notFound',
};

/** Fields that came into being, or were left out, with one user; nothing where there were none. */
type FieldNames = Partial<Pick<CheckedFields, 'createdFields' | 'filteredOutFields'>>;

/**
 * Applies each user on its own, in the order of the call, so that updates of one user stay in order. A caller's mistake
 * fails only its user, who is named in the answer; any other error ends the call.
 */
export async function applyEach<User extends Named>(
  users: User[],
  apply: (user: User) => Promise<FieldNames>,
): Promise<BulkAnswer> {
  const answer = emptyAnswer();
  const created = new Set<string>();
  const filteredOut = new Set<string>();
  for (const user of users) {
    try {
      const { createdFields = [], filteredOutFields = [] } = await apply(user);
      createdFields.forEach((name) => created.add(name));
      filteredOutFields.forEach((name) => filteredOut.add(name));
      answer.successCount += 1;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      answer.failCount += 1;
      report(answer, user, error.code);
    }
  }
  return { ...answer, createdFields: [...created], filteredOutFields: [...filteredOut] };
}

/** A user without a name is only counted: there is nothing to name it by. */
function report({ failedUpdates, ...answer }: BulkAnswer, { email, userId }: Named, code: ErrorCode): void {
  if (code === 'InvalidEmailAddressError') {
    answer.invalidEmails.push(email!);
    failedUpdates.invalidEmails.push(email!);
  } else if (code === 'InvalidUserIdError') {
    answer.invalidUserIds.push(userId!);
    failedUpdates.invalidUserIds.push(userId!);
  }
  const failure = FAILURES[code];
  if (failure === undefined) return;
  if (email) failedUpdates[`${failure}Emails`].push(email);
  if (userId) failedUpdates[`${failure}UserIds`].push(userId);
}

function emptyAnswer(): BulkAnswer {
  return {
    ...{ successCount: 0, failCount: 0, invalidEmails: [], invalidUserIds: [] },
    ...{ createdFields: [], filteredOutFields: [] },
    failedUpdates: {
      ...{ conflictEmails: [], conflictUserIds: [], forgottenEmails: [], forgottenUserIds: [] },
      ...{ invalidDataEmails: [], invalidDataUserIds: [], invalidEmails: [], invalidUserIds: [] },
      ...{ notFoundEmails: [], notFoundUserIds: [] },
    },
  };
}
