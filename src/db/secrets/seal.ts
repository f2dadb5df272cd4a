import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Encryption at rest: AES-256-GCM. A sealed value is `key id (4) · nonce (12) · tag (16) · ciphertext`, bound
 * to its purpose, so that one row's value cannot be put in the place of another's.
 */
export interface Sealer {
  seal: (purpose: string, plain: string) => Buffer;
  /** Throws when the value was sealed with an unknown key or for another purpose, or was altered. */
  open: (purpose: string, sealed: Buffer) => string;
  /** The key of the HMAC helpers in templates: 64 hex digits that follow from the first key (docs/templates.md). */
  hmacKey: string;
}

const ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The first key seals; each of them opens. To rotate, put the new key in front and keep the old one behind it.
 * Keys are 32 bytes.
 */
export function createSealer(keys: Buffer[]): Sealer {
  const ring = new Map(keys.map((key) => [keyId(key).toString('hex'), key]));
  const current = keys[0]!;
  const derived = hkdfSync('sha256', current, '', 'wayhook-template-hmac', 32);
  return {
    hmacKey: Buffer.from(derived).toString('hex'),
    seal(purpose, plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([keyId(current), nonce, cipher.getAuthTag(), body]);
    },
    open(purpose, sealed) {
      const id = sealed.subarray(0, ID_BYTES).toString('hex');
      const key = ring.get(id);
      if (!key)
        throw new Error(
          `A stored value is sealed with the key ${id}, which is missing from WAYHOOK_SECRET_KEY.`,
        );
      const nonce = sealed.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES);
      const tag = sealed.subarray(ID_BYTES + NONCE_BYTES, ID_BYTES + NONCE_BYTES + TAG_BYTES);
      const body = sealed.subarray(ID_BYTES + NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce)
        .setAAD(Buffer.from(purpose))
        .setAuthTag(tag);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    },
  };
}

function keyId(key: Buffer): Buffer {
  return createHash('sha256').update(key).digest().subarray(0, ID_BYTES);
}
