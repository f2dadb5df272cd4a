import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { isAllowedAddress, parseNetwork, type AddressPolicy } from './address';
import { EndpointFault } from './failure';

/** The connect timeout; the deadline of a request (`send`) is usually shorter. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How long one address of a host may take before the next is tried; Node's own 250 ms fails distant hosts. */
const ADDRESS_ATTEMPT_MS = 2_500;

export interface AgentOptions {
  /** The most connections per origin; further requests to it wait for one. */
  connections: number;
  /** PEM certificates of private authorities to trust in addition to the public ones. */
  trustedCertificates?: string[];
}

/**
 * The only way out: every outgoing request goes through an agent made here. The agent checks the address that it is
 * about to connect to, so a name cannot change its address between check and connect. A refused connection fails
 * with an `EndpointFault`. Throws when the policy contains an invalid CIDR.
 */
export function createAgent(policy: AddressPolicy, options: AgentOptions): Agent {
  policy.allowedNetworks.forEach(parseNetwork);
  const { connections, trustedCertificates } = options;
  return new Agent({
    connections,
    connect: guardedConnector(policy, trustedCertificates),
    // `send` sets one deadline for the whole exchange; undici's timeouts would cut a longer one short.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function guardedConnector(policy: AddressPolicy, trusted: string[] = []): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    lookup: guardedLookup(policy),
    ...(trusted.length > 0 && { ca: [...rootCertificates, ...trusted] }),
  });
  return (target, callback) => {
    const fault = faultOf(target.protocol, target.hostname, policy);
    if (fault === undefined) return connect(target, callback);
    // undici expects a connector to call back asynchronously, never within the call.
    process.nextTick(callback, fault, null);
  };
}

/** Checks the URL itself: a literal IP address in it never reaches the lookup. */
function faultOf(protocol: string, hostname: string, policy: AddressPolicy): EndpointFault | undefined {
  if (protocol !== 'https:' && !policy.allowHttp) {
    return new EndpointFault(
      'invalid_url',
      'Plain http is not allowed. Call the endpoint over https, or allow http in the settings.',
    );
  }
  return isIP(hostname) !== 0 && !isAllowedAddress(hostname, policy) ? blocked() : undefined;
}

/** Looks up a host name and returns only the addresses that may be called. */
function guardedLookup(policy: AddressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const allowed = found.filter(({ address }) => isAllowedAddress(address, policy));
      const first = allowed[0];
      if (first === undefined) return callback(blocked(), []);
      if (options.all === true) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

function blocked(): EndpointFault {
  return new EndpointFault(
    'blocked_address',
    'The endpoint is not on the public internet. To call it, add its network to the allowed networks.',
  );
}
