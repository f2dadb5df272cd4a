import type { LookupAddress, RecordWithTtl } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { LRUCache } from 'lru-cache';
import { EndpointFault } from '../failure';
import { createGate } from './gate';
import { addressesInHosts, NAME_FILES, type NameFiles, namesToAsk } from './machine';

/** The addresses of a host, IPv4 first. Rejects with an `EndpointFault` when it has none, or when nobody answers. */
export type LookUp = (name: string) => Promise<LookupAddress[]>;

export interface LookUpOptions {
  files?: NameFiles;
  /** Name servers in place of those of resolv.conf: `127.0.0.1:5300`. */
  servers?: string[];
  /** For one lookup, whatever it has to ask. Half of what a webhook call may take, so that time is left to call. */
  timeoutMs?: number;
}

/** A name server that is silent for this part of the time is asked again, or the next one in its place. */
const FIRST_TRY = 0.3;
const TRIES = 2;

/** Cached for as long as the name server says, within these bounds. */
const SHORTEST_TTL_S = 1;
const LONGEST_TTL_S = 30;

const MOST_CACHED = 1_000;

/** Small name servers drop what comes in larger bursts. */
const BURST = 50;
const BURST_MS = 20;

/** The name has no address: it does not exist, has only other records, or is too long. */
const NO_ADDRESS = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/**
 * Lookups that wait for nobody else's: `dns.lookup` runs in four threads, which four silent name servers occupy. A name
 * is looked up once for all who wait for it, so there are never more lookups than hosts that are called at the time.
 */
export function createLookUp(options: LookUpOptions = {}): LookUp {
  const { files = NAME_FILES, servers, timeoutMs = 5_000 } = options;
  const gate = createGate(BURST, BURST_MS);
  const cache = new LRUCache<string, LookupAddress[]>({
    max: MOST_CACHED,
    // For the first thousand and one: whoever waits gets the answer, also when others have taken its place.
    ignoreFetchAbort: true,
    async fetchMethod(name, _stale, { options: cached }) {
      cached.ttl = SHORTEST_TTL_S * 1_000;
      const inHosts = await addressesInHosts(name, files);
      if (inHosts.length > 0) return inHosts;
      const names = await namesToAsk(name, files);
      const found = await gate(() => ask(names, { servers, timeoutMs }));
      cached.ttl = 1_000 * Math.min(LONGEST_TTL_S, ...found.map(({ ttl }) => Math.max(ttl, SHORTEST_TTL_S)));
      return found;
    },
  });
  return async (name) => (await cache.fetch(name))!;
}

type Found = LookupAddress & RecordWithTtl;

/**
 * The addresses of the first name that has any. Each lookup has a resolver of its own: a shared one would turn away from
 * a name server that is silent about one host, and ask another about all hosts.
 */
async function ask(
  names: string[],
  { servers, timeoutMs }: { servers: string[] | undefined; timeoutMs: number },
): Promise<Found[]> {
  const resolver = new Resolver({ timeout: timeoutMs * FIRST_TRY, tries: TRIES });
  if (servers) resolver.setServers(servers);
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    resolver.cancel();
  }, timeoutMs);
  let failure: string | undefined;
  try {
    for (const name of names) {
      const { found, codes } = await bothFamilies(resolver, name);
      if (found.length > 0) return found;
      failure ??= codes.find((code) => !NO_ADDRESS.has(code));
      if (late) break;
    }
  } finally {
    clearTimeout(deadline);
  }
  if (late) failure = 'ETIMEOUT';
  throw failure === undefined
    ? new EndpointFault('invalid_url', 'The host does not exist; check the URL (ENOTFOUND).')
    : new EndpointFault('network', `The DNS lookup of the host failed (${failure}).`);
}

async function bothFamilies(resolver: Resolver, name: string): Promise<{ found: Found[]; codes: string[] }> {
  const withFamily = (family: number) => (records: RecordWithTtl[]) =>
    records.map((record) => ({ ...record, family }));
  const answers = await Promise.allSettled([
    resolver.resolve4(name, { ttl: true }).then(withFamily(4)),
    resolver.resolve6(name, { ttl: true }).then(withFamily(6)),
  ]);
  return {
    found: answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : [])),
    codes: answers.flatMap((answer) => (answer.status === 'rejected' ? [codeOf(answer.reason)] : [])),
  };
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}
