import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { IPv4, IPv6, parse, parseCIDR } from 'ipaddr.js';

export interface AddressPolicy {
  /** CIDRs that may be called although they are not public: `["10.1.0.0/16", "::1/128"]`. */
  allowedNetworks: string[];
  /** Whether plain `http://` may be called. */
  allowHttp: boolean;
  /** Ports of Wayhook's own services, which are never called on this machine, whatever networks are allowed. */
  ownPorts?: number[];
}

type Address = IPv4 | IPv6;
type Network = [Address, number];

/** Addresses that no public endpoint has: IANA's special-purpose registry, and addresses that clouds reserve. */
const REFUSED_IPV4 = networks(
  '0.0.0.0/8', // this network, unspecified
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's platform service, reachable from every Azure machine
  '169.254.0.0/16', // link-local, cloud metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // multicast tunnels
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarking
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
);

/** Only global unicast is public: all of `::/8`, NAT64, unique local, link-local and multicast lie outside it. */
const GLOBAL_UNICAST: Network = parseCIDR('2000::/3');

/** Ranges inside global unicast that are not public, or embed an IPv4 address that would go unchecked. */
const REFUSED_IPV6 = networks(
  '2001::/23', // protocol assignments: Teredo, benchmarking, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
);

/**
 * Whether a connection may be made to `ip`, an address as text from a URL or a DNS lookup. An IPv4-mapped address
 * (`::ffff:127.0.0.1`) is checked as its IPv4 address. Text that is not an address is refused. Throws when the policy
 * contains an invalid CIDR.
 */
export function isAllowedAddress(ip: string, policy: AddressPolicy): boolean {
  const allowed = policy.allowedNetworks.map(parseNetwork);
  const address = parseAddress(ip);
  if (address === undefined) return false;
  return within(address, allowed) || isPublic(address);
}

/** Where a connection ends at this machine, besides the addresses of its network interfaces. */
const OWN_NETWORKS = networks('0.0.0.0/8', '127.0.0.0/8', '::/128', '::1/128');

/** Whether `ip` is an address of this machine, in any notation. */
export function isOwnAddress(ip: string): boolean {
  const address = parseAddress(ip);
  if (address === undefined) return false;
  const interfaces = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = interfaces.flatMap((entry) => parseAddress(entry.address) ?? []);
  return within(address, [...OWN_NETWORKS, ...own.map((entry): Network => [entry, bitsOf(entry)])]);
}

function bitsOf(address: Address): number {
  return address instanceof IPv4 ? 32 : 128;
}

/** Parses one CIDR such as `10.0.0.0/8`; throws an error that says what to write instead. */
export function parseNetwork(cidr: string): Network {
  try {
    return parseCIDR(cidr);
  } catch (cause) {
    throw new Error(`“${cidr}” is not a network. Write an address and a prefix length: 10.0.0.0/8`, {
      cause,
    });
  }
}

function isPublic(address: Address): boolean {
  if (address instanceof IPv4) return !within(address, REFUSED_IPV4);
  return within(address, [GLOBAL_UNICAST]) && !within(address, REFUSED_IPV6);
}

/** Accepts exactly what the operating system accepts as an address, and parses it the same way. */
function parseAddress(ip: string): Address | undefined {
  const version = isIP(ip);
  if (version === 0) return undefined;
  if (version === 4) return parse(ip);
  // ipaddr.js parses `::8.8.8.8` as `::ffff:8.8.8.8`; the URL parser first normalises every address to hexadecimal.
  const [plain] = ip.split('%');
  const address = IPv6.parse(new URL(`http://[${plain}]`).hostname.slice(1, -1));
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function within(address: Address, list: Network[]): boolean {
  return list.some(([base, bits]) => address.kind() === base.kind() && address.match(base, bits));
}

function networks(...cidrs: string[]): Network[] {
  return cidrs.map(parseNetwork);
}
