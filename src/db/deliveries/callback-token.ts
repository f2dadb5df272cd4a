import { createHash, randomBytes } from 'node:crypto';
import { CALLBACK_PATH } from '../../domain/webhooks/callback';

/* The one-time address of a callback ends with a random token, of which the database has only the hash. */

const TOKEN_BYTES = 24;

export function newCallbackToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A new address below that of the API. */
export function newCallbackUrl(publicUrl: string): string {
  return `${publicUrl}${CALLBACK_PATH}${newCallbackToken()}`;
}

/** Of the token at the end of an address. */
export function hashOfCallbackUrl(url: string): Buffer {
  return hashOfToken(url.slice(url.lastIndexOf('/') + 1));
}
