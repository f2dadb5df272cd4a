import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { rootCertificates } from 'node:tls';
import { Agent, buildConnector } from 'undici';
import { isAllowedAddress, isOwnAddress, parseNetwork, type AddressPolicy } from './address';
import { AnswerStream } from './answer/answer-stream';
import { createLookUp, type LookUp } from './dns/look-up';
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
  /** Looks up hosts; by default as this machine is set up. */
  lookUp?: LookUp;
}

/**
 * The only way out: every outgoing request goes through an agent made here. The agent checks the address that it is
 * about to connect to, so a name cannot change its address between check and connect. A refused connection fails
 * with an `EndpointFault`. Throws when the policy contains an invalid CIDR.
 */
export function createAgent(policy: AddressPolicy, options: AgentOptions): Agent {
  policy.allowedNetworks.forEach(parseNetwork);
  return new Agent({
    connections: options.connections,
    connect: guardedConnector(policy, options),
    // `send` sets one deadline for the whole exchange; undici's timeouts would cut a longer one short.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** The connections to a port of Wayhook's own services have a guard of their own: a lookup is not told the port. */
function guardedConnector(
  policy: AddressPolicy,
  { trustedCertificates, lookUp = createLookUp() }: AgentOptions,
): buildConnector.connector {
  const shared = { allowHttp: policy.allowHttp, trusted: trustedCertificates ?? [], lookUp };
  const guard: Guard = (ip) => (isAllowedAddress(ip, policy) ? undefined : blocked());
  const connect = connectorWith(guard, shared);
  const connectToOwnPort = connectorWith(
    (ip) => guard(ip) ?? (isOwnAddress(ip) ? ownService() : undefined),
    shared,
  );
  return (target, callback) => {
    const isOwnPort = policy.ownPorts?.includes(portOf(target)) ?? false;
    (isOwnPort ? connectToOwnPort : connect)(target, callback);
  };
}

/** Why an address may not be called; undefined if it may. */
type Guard = (ip: string) => EndpointFault | undefined;

function connectorWith(
  guard: Guard,
  { allowHttp, trusted, lookUp }: { allowHttp: boolean; trusted: string[]; lookUp: LookUp },
): buildConnector.connector {
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
    lookup: guardedLookup(guard, lookUp),
    ...(trusted.length > 0 && { ca: [...rootCertificates, ...trusted] }),
  });
  return (target, callback) => {
    const fault = faultOf(target.protocol, target.hostname, allowHttp, guard);
    if (fault === undefined) return connect(target, wrapping(callback));
    // undici expects a connector to call back asynchronously, never within the call.
    process.nextTick(callback, fault, null);
  };
}

/** undici leaves the port empty where it is the protocol's own. */
function portOf({ port, protocol }: buildConnector.Options): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}

function wrapping(callback: buildConnector.Callback): buildConnector.Callback {
  return (...[error, socket]) => {
    if (error !== null) return callback(error, null);
    // undici uses no more of a socket than this stream has.
    callback(null, new AnswerStream(socket!) as unknown as Socket);
  };
}

/** Checks the URL itself: a literal IP address in it never reaches the lookup. */
function faultOf(
  protocol: string,
  hostname: string,
  allowHttp: boolean,
  guard: Guard,
): EndpointFault | undefined {
  if (protocol !== 'https:' && !allowHttp) {
    return new EndpointFault(
      'invalid_url',
      'Plain http is not allowed. Call the endpoint over https, or allow http in the settings.',
    );
  }
  return isIP(hostname) === 0 ? undefined : guard(hostname);
}

/** Looks up a host name and returns only the addresses that may be called. */
function guardedLookup(guard: Guard, lookUp: LookUp): LookupFunction {
  return (hostname, options, callback) => {
    const choose = (found: LookupAddress[]) => {
      const faults = found.map(({ address }) => guard(address));
      const allowed = found.filter((_, index) => faults[index] === undefined);
      const first = allowed[0];
      if (first === undefined) return callback(faults[0] ?? blocked(), []);
      if (options.all === true) return callback(null, allowed);
      callback(null, first.address, first.family);
    };
    lookUp(hostname).then(choose, (error: Error) => callback(error, []));
  };
}

function blocked(): EndpointFault {
  return new EndpointFault(
    'blocked_address',
    'The endpoint is not on the public internet. To call it, add its network to the allowed networks.',
  );
}

function ownService(): EndpointFault {
  return new EndpointFault(
    'blocked_address',
    'The endpoint is a port of Wayhook itself or of its Temporal server, which no webhook may call.',
  );
}
