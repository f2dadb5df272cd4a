import { randomBytes } from 'node:crypto';
import { createSealer } from '../../../src/db/secrets/seal';

const oldKey = randomBytes(32);
const newKey = randomBytes(32);

describe('a sealed value', () => {
  it('opens to what was sealed, and shows nothing of it', () => {
    const { seal, open } = createSealer([oldKey]);
    const sealed = seal('a purpose', 'päss wörd');
    expect(open('a purpose', sealed)).toBe('päss wörd');
    // Fewer letters than these may stand in it by chance.
    for (const part of ['päss', 'wörd']) expect(sealed.includes(part)).toBe(false);
  });

  it('is different each time', () => {
    const { seal } = createSealer([oldKey]);
    expect(seal('a', 'same')).not.toEqual(seal('a', 'same'));
  });

  it('opens after a rotation while the old key is listed', () => {
    const sealed = createSealer([oldKey]).seal('a', 'secret');
    expect(createSealer([newKey, oldKey]).open('a', sealed)).toBe('secret');
    expect(() => createSealer([newKey]).open('a', sealed)).toThrow(/missing from WAYHOOK_SECRET_KEY/);
  });

  it('is sealed with the first key', () => {
    const sealed = createSealer([newKey, oldKey]).seal('a', 'secret');
    expect(createSealer([newKey]).open('a', sealed)).toBe('secret');
  });

  it('does not open for another purpose, nor when a bit of it has changed', () => {
    const { seal, open } = createSealer([oldKey]);
    const sealed = seal('row 1', 'secret');
    expect(() => open('row 2', sealed)).toThrow();
    for (let at = 4; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 1;
      expect(() => open('row 1', altered)).toThrow();
    }
  });

  it('derives the HMAC helpers’ key from the first key only', () => {
    expect(createSealer([newKey, oldKey]).hmacKey).toBe(createSealer([newKey]).hmacKey);
    expect(createSealer([oldKey]).hmacKey).not.toBe(createSealer([newKey]).hmacKey);
  });
});
