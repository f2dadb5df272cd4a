import type { EnqueueDeps } from '../../db/enqueue';
import { insertConsent } from '../../db/users/consents';
import { updateUser } from '../../db/users/users';
import type { Names } from '../../db/users/lock';
import { decidingNames } from '../../db/users/names';
import type { ConsentAction } from '../../domain/webhooks/inline-webhook';

/** Stores what a user accepts or declines; the latest decision wins. The user is created if unknown. */
export async function setConsent(
  deps: EnqueueDeps,
  named: Names,
  category: string,
  action: ConsentAction,
): Promise<void> {
  const names = await decidingNames(deps.db, named);
  if (await insertConsent(deps.db, names, category, action)) return;
  await updateUser(deps, { ...names, dataFields: {}, mergeNestedObjects: false, createNewFields: true });
  await insertConsent(deps.db, names, category, action);
}
