import { hash, verify } from '@node-rs/argon2';
import { ApiError } from '../../domain/errors';

/** Argon2id with the parameters that OWASP recommends for 19 MiB of memory. Each hash has its own in it. */
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes under way on one server: each has a thread that the rest of the program needs too, and 19 MiB. */
const MOST_AT_ONCE = 16;

/** Of a password that nobody has, so that an account that does not exist takes as long as one that does. */
let nobodys: Promise<string> | undefined;

export function hashPassword(password: string): Promise<string> {
  return bounded(() => hash(password, PARAMETERS));
}

/** Whether a password is that of the hash. Without a hash it is not, after the same work. */
export function isPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  return bounded(async () => {
    nobodys ??= hash('', PARAMETERS);
    const equal = await verify(passwordHash ?? (await nobodys), password);
    return equal && typeof passwordHash === 'string';
  });
}

let underWay = 0;

async function bounded<Result>(work: () => Promise<Result>): Promise<Result> {
  if (underWay >= MOST_AT_ONCE) {
    const message = 'Many people sign in at once. Send the request again in a second.';
    throw new ApiError('RateLimitExceeded', message, { retryAfter: 1 });
  }
  underWay += 1;
  try {
    return await work();
  } finally {
    underWay -= 1;
  }
}
