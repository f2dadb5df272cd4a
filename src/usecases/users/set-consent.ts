import type { EnqueueDeps } from '../../db/enqueue';
import { insertConsent } from '../../db/users/consents';
import { updateUser } from '../../db/users/users';
import type { Identity } from '../../domain/users/profile';
import type { ConsentAction } from '../../domain/webhooks/inline-webhook';

/** Stores what a user accepts or declines; the latest decision wins. The user is created if unknown. */
export async function setConsent(
  deps: EnqueueDeps,
  identity: Identity,
  category: string,
  action: ConsentAction,
): Promise<void> {
  if (await insertConsent(deps.db, identity, category, action)) return;
  await updateUser(deps, { ...identity, dataFields: {}, mergeNestedObjects: false, createNewFields: true });
  await insertConsent(deps.db, identity, category, action);
}
