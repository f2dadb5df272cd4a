import { hashOfToken } from '../../db/deliveries/callback-token';
import { findCallback, takeCallback } from '../../db/deliveries/callbacks';
import type { Database } from '../../db/connection/client';
import { type EnqueueDeps, enqueuing } from '../../db/enqueue';
import type { Sealer } from '../../db/secrets/seal';
import { readWebhookSecrets, validSecrets } from '../../db/secrets/signing-secrets';
import { ApiError } from '../../domain/errors';
import type { Callback } from '../../domain/webhooks/callback';
import { isSigned } from '../../webhook/sign';

/** A request at the address of a callback, as it came in. */
export interface SignedRequest {
  token: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/**
 * The delivery that a request may call back. Throws `NotFound` for an unknown token, and `BadSignature` where it is not
 * signed with a secret of the delivery's webhook.
 */
export async function verifyCallback(
  { db, sealer }: { db: Database; sealer: Sealer },
  { token, headers, body }: SignedRequest,
): Promise<string> {
  const found = await findCallback(db, hashOfToken(token));
  if (found === undefined) {
    throw new ApiError(
      'NotFound',
      'There is no such callback address. Call the one that the request carried.',
    );
  }
  const { deliveryId, webhookId } = found;
  const now = Date.now();
  const { signing } =
    webhookId === null
      ? { signing: [] }
      : await readWebhookSecrets(db, sealer, { id: webhookId, secretId: null });
  if (isSigned(headers, body, validSecrets(signing, now), now)) return deliveryId;
  throw new ApiError(
    'BadSignature',
    'The call is not signed, with the time of now, as Standard Webhooks has it. Sign it with the webhook’s signing secret.',
  );
}

/** Takes the one call of a delivery. Throws `Conflict` for a second one, and `Gone` for one that came too late. */
export async function takeCall(deps: EnqueueDeps, deliveryId: string, call: Callback): Promise<void> {
  const outcome = await enqueuing(deps, (db) => takeCallback(db, deliveryId, call, Date.now()));
  if (outcome === 'used') {
    throw new ApiError(
      'Conflict',
      'This address was called before, and that call counts. Do not call it again.',
    );
  }
  if (outcome === 'late') {
    throw new ApiError('Gone', 'Nobody waits for this call any more. Do not call again.');
  }
}
