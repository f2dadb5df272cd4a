import { readJson, writeJson } from '../../domain/lossless-json';
import type { RenderedRequest } from '../../domain/webhooks/delivery';
import type { Sealer } from '../secrets/seal';

/* The request of a delivery, encrypted as its row stores it. The ciphertext is bound to that delivery. */

export function sealRequest(sealer: Sealer, deliveryId: string, request: RenderedRequest): Buffer {
  return sealer.seal(purposeOf(deliveryId), writeJson(request));
}

export function openRequest(sealer: Sealer, deliveryId: string, sealed: Buffer): RenderedRequest {
  return readJson(sealer.open(purposeOf(deliveryId), sealed)) as RenderedRequest;
}

function purposeOf(deliveryId: string): string {
  return `request/${deliveryId}`;
}
