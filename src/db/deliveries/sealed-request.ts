import type { RenderedRequest } from '../../domain/webhooks/delivery';
import type { Sealer } from '../secrets/seal';

/* A delivery's request as its row keeps it: sealed, for that delivery alone. */

export function sealRequest(sealer: Sealer, deliveryId: string, request: RenderedRequest): Buffer {
  return sealer.seal(purposeOf(deliveryId), JSON.stringify(request));
}

export function openRequest(sealer: Sealer, deliveryId: string, sealed: Buffer): RenderedRequest {
  return JSON.parse(sealer.open(purposeOf(deliveryId), sealed)) as RenderedRequest;
}

function purposeOf(deliveryId: string): string {
  return `request/${deliveryId}`;
}
