import { hashOfToken } from '../../db/deliveries/callback-token';
import { findCallback, takeCallback } from '../../db/deliveries/callbacks';
import type { Database } from '../../db/connection/client';
import { type EnqueueDeps, enqueuing } from '../../db/enqueue';
import type { Sealer } from '../../db/secrets/seal';
import { readWebhookSecrets, validSecrets } from '../../db/secrets/signing-secrets';
import { ApiError } from '../../domain/errors';
import type { Callback } from '../../domain/webhooks/callback';
import { type SignatureFault, signatureFault } from '../../webhook/sign';

/** A request at the address of a callback, as it came in. */
export interface SignedRequest {
  token: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

const BAD_SIGNATURE: Record<SignatureFault, string> = {
  missing:
    'The call is not signed. Send the headers webhook-id, webhook-timestamp and webhook-signature of Standard Webhooks, made with the webhook’s signing secret.',
  time: 'The webhook-timestamp of the call is more than 5 minutes from our time. Sign each call anew, with the time of now in seconds, and set the clock of the machine that calls.',
  signature:
    'The webhook-signature of the call is not right. Sign “<webhook-id>.<webhook-timestamp>.<body>” as Standard Webhooks has it, with the bytes of the body as they are sent and the webhook’s signing secret.',
};

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
  const fault = signatureFault(headers, body, validSecrets(signing, now), now);
  if (fault !== undefined) throw new ApiError('BadSignature', BAD_SIGNATURE[fault]);
  return deliveryId;
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
