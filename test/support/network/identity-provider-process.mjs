/*
 * An identity provider in a process of its own: it ships as ES modules with top-level imports, which jest cannot follow.
 * Its parent says what it knows of whom, and which key it signs with.
 */

import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const [clientId, clientSecret, redirectUri] = process.argv.slice(2);
const RESOURCE_SCOPE = 'orders:read orders:write';

const newKey = (kid) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  ...{ kid, use: 'sig', alg: 'RS256' },
});

let issuer;
/** By login, which is the subject too. */
let people = {};
let isEmailInToken = false;
let keys = [newKey('key 1')];
/** What it says falsely: in the tokens that it signs, and when it is asked about somebody. */
let lies = { token: {}, userinfo: {} };
let handler;

/** Begins anew with what is set now. Who is signed in there stays so: its memory is one for all. */
function begin() {
  const provider = new Provider(issuer, {
    clients: [
      {
        ...{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri] },
        token_endpoint_auth_method: 'client_secret_post',
      },
      ...['basic', 'post'].map((way) => ({
        ...{ client_id: `crm-${way}`, client_secret: clientSecret, scope: RESOURCE_SCOPE },
        ...{ redirect_uris: [], response_types: [], grant_types: ['client_credentials'] },
        token_endpoint_auth_method: `client_secret_${way}`,
      })),
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: !isEmailInToken,
    cookies: { keys: ['only for tests'] },
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, audience) => ({
          ...{ scope: RESOURCE_SCOPE, audience, accessTokenFormat: 'jwt', accessTokenTTL: 3_600 },
        }),
      },
    },
    findAccount: (_context, login) => ({
      accountId: login,
      claims: () => ({ sub: login, ...people[login] }),
    }),
    jwks: { keys },
    pkce: { required: () => true },
    scopes: ['openid', 'email', 'profile', ...RESOURCE_SCOPE.split(' ')],
    ttl: { ClientCredentials: 3_600 },
  });
  provider.use(lying);
  handler = provider.callback();
}

async function lying(context, next) {
  await next();
  if (context.status !== 200) return;
  const route = context.oidc?.route;
  if (route === 'token' && context.body.id_token !== undefined) {
    context.body.id_token = signedAnew(context.body.id_token, lies.token);
  }
  if (route === 'userinfo') context.body = { ...context.body, ...lies.userinfo };
}

/** A token with other claims, by the provider's own key. */
function signedAnew(token, changes) {
  const [header, claims] = token.split('.');
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url')), ...changes };
  const signed = `${header}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}`;
  const key = createPrivateKey({ key: keys[0], format: 'jwk' });
  return `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`;
}

const server = createServer((request, response) => handler(request, response));
server.listen(0, '127.0.0.1', () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  begin();
  process.send({ issuer });
});

process.on('message', (told) => {
  if (told.people !== undefined) people = { ...people, ...told.people };
  if (told.isEmailInToken !== undefined) isEmailInToken = told.isEmailInToken;
  if (told.newKey !== undefined) keys = [newKey(told.newKey)];
  if (told.lies !== undefined) lies = { token: {}, userinfo: {}, ...told.lies };
  if (told.people === undefined) begin();
  process.send({ done: true });
});
process.on('disconnect', () => process.exit());
