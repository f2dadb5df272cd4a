import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What the provider tells about somebody. */
interface Claims {
  email?: string;
  email_verified?: boolean;
}

export interface RealProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Whom it knows, by the name that they sign in with there, which is what it calls them. */
  know: (people: Record<string, Claims>) => Promise<void>;
  /** Whether it tells the email in the token, or only when it is asked. */
  tellEmailInToken: (does: boolean) => Promise<void>;
  /** From now on it signs with another key, and knows the last one no longer. */
  rotateKey: () => Promise<void>;
  /** From now on its tokens, which it signs, and what it answers about somebody say this, whatever is true. */
  lie: (lies: Lies) => Promise<void>;
  stop: () => Promise<void>;
}

/** Claims that take the place of the true ones. */
export interface Lies {
  token?: Record<string, unknown>;
  userinfo?: Record<string, unknown>;
}

let rotated = 1;

/** A certified provider of OpenID Connect, which leads back to `redirectUri`. */
export async function startIdentityProvider(redirectUri: string): Promise<RealProvider> {
  const [clientId, clientSecret] = ['wayhook', 'a secret of some length'];
  const child = fork(
    join(__dirname, 'identity-provider-process.mjs'),
    [clientId, clientSecret, redirectUri],
    {
      execArgv: [],
      // What it warns of is that it is for tests.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  const [{ issuer }] = (await once(child, 'message')) as [{ issuer: string }];
  return {
    ...{ issuer, clientId, clientSecret },
    know: (people) => tell(child, { people }),
    tellEmailInToken: (isEmailInToken) => tell(child, { isEmailInToken }),
    rotateKey: () => tell(child, { newKey: `key ${(rotated += 1)}` }),
    lie: (lies) => tell(child, { lies }),
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

async function tell(child: ChildProcess, what: object): Promise<void> {
  child.send(what);
  await once(child, 'message');
}

/** A new browser goes to the provider: somebody signs in there, agrees, and is led back. Returns the address. */
export async function signInThere(start: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let [url, form]: [string, URLSearchParams | undefined] = [start, undefined];
  for (;;) {
    const headers = { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') };
    const answer = await fetch(url, {
      ...{ redirect: 'manual', headers },
      ...(form && { method: 'POST', body: form }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      cookies.set(name!, value!);
    }
    const led = answer.headers.get('location');
    if (led !== null) {
      [url, form] = [new URL(led, url).href, undefined];
      if (new URL(url).origin !== new URL(start).origin) return url;
      continue;
    }
    const [, prompt] = /name="prompt" value="(\w+)"/.exec(await answer.text()) ?? [];
    if (prompt === undefined) throw new Error(`The provider answered ${answer.status} at ${url}.`);
    form = new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'any' }) });
  }
}
