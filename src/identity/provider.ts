import * as client from 'openid-client';

/* Signing in with a provider of OpenID Connect: the authorization code flow with PKCE (RFC 7636), state and nonce. */

export interface ProviderSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** What one sign-in is told from others by, and its answer is checked with. */
export interface Attempt {
  state: string;
  nonce: string;
  verifier: string;
}

/** Somebody whom the provider knows. */
export interface Identity {
  issuer: string;
  subject: string;
  email: string | undefined;
  /** Whether the provider vouches that the email is theirs. */
  emailVerified: boolean;
}

export interface IdentityProvider {
  /** For people: the name of its host. */
  name: string;
  /** The address at which a person signs in there; they come back to `redirectUri`. Throws when it cannot be reached. */
  begin: (redirectUri: string) => Promise<{ url: string; attempt: Attempt }>;
  /** Who came back, by the address that they came back with. Throws for an answer to another attempt, or none. */
  finish: (answer: URL, attempt: Attempt) => Promise<Identity>;
}

/** It is waited for while a person looks at a blank page. */
const TIMEOUT_SECONDS = 10;

/**
 * The provider is an administrator's choice, and often on a private network: it is asked without the agent that guards
 * webhooks. Nothing is asked before the first person signs in there.
 */
export function createIdentityProvider({
  issuer,
  clientId,
  clientSecret,
}: ProviderSettings): IdentityProvider {
  let known: Promise<client.Configuration> | undefined;
  const configuration = () => {
    known ??= discover(new URL(issuer), clientId, clientSecret).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
  return {
    name: new URL(issuer).host,
    async begin(redirectUri) {
      const config = await configuration();
      const verifier = client.randomPKCECodeVerifier();
      const attempt = { state: client.randomState(), nonce: client.randomNonce(), verifier };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        ...{ state: attempt.state, nonce: attempt.nonce },
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt };
    },
    async finish(answer, { state, nonce, verifier }) {
      const config = await configuration();
      const tokens = await client.authorizationCodeGrant(config, answer, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier },
        idTokenExpected: true,
      });
      const { iss, sub, ...claims } = tokens.claims()!;
      // Many providers tell the email only when they are asked.
      const { email, email_verified: verified } =
        claims.email === undefined ? await client.fetchUserInfo(config, tokens.access_token, sub) : claims;
      return {
        ...{ issuer: iss, subject: sub },
        email: typeof email === 'string' ? email : undefined,
        emailVerified: verified === true,
      };
    },
  };
}

async function discover(issuer: URL, clientId: string, clientSecret: string): Promise<client.Configuration> {
  const execute = [client.enableNonRepudiationChecks];
  // The settings allow it on this machine alone.
  if (issuer.protocol === 'http:') execute.push(client.allowInsecureRequests);
  const options = { execute, timeout: TIMEOUT_SECONDS };
  const found = await client.discovery(issuer, clientId, clientSecret, undefined, options);
  const methods = found.serverMetadata().token_endpoint_auth_methods_supported;
  // What a provider takes that says nothing (OpenID Connect Discovery 1.0, 3).
  if (methods?.includes('client_secret_post')) return found;
  const basic = client.ClientSecretBasic(clientSecret);
  const config = new client.Configuration(found.serverMetadata(), clientId, clientSecret, basic);
  config.timeout = TIMEOUT_SECONDS;
  for (const set of execute) set(config);
  return config;
}
