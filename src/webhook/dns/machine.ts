import type { LookupAddress } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** What a machine says of names: both files are read for each lookup, so that a change counts at once. */
export interface NameFiles {
  hosts: string;
  resolvConf: string;
}

export const NAME_FILES: NameFiles = { hosts: '/etc/hosts', resolvConf: '/etc/resolv.conf' };

const LOOPBACK: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** As in the C library. */
const LARGEST_NDOTS = 15;

/** The addresses that the hosts file has for a name; for `localhost` the loopback addresses even if it has none. */
export async function addressesInHosts(name: string, { hosts }: NameFiles): Promise<LookupAddress[]> {
  const plain = name.replace(/\.$/, '');
  const text = (await read(hosts)).toLowerCase();
  // A hosts file that blocks advertisements has a hundred thousand lines.
  const lines = text.includes(plain) ? text.split('\n') : [];
  const found = lines
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([address = '', ...names]) => isIP(address) !== 0 && names.includes(plain))
    .map(([address]) => ({ address: address!, family: isIP(address!) }));
  return found.length === 0 && /(^|\.)localhost$/.test(plain) ? LOOPBACK : found;
}

/**
 * The names to ask DNS for, in order: containers find each other by names that the search list of resolv.conf
 * completes (`crm` is `crm.prod.svc.cluster.local`). A name with a dot at its end is complete.
 */
export async function namesToAsk(name: string, { resolvConf }: NameFiles): Promise<string[]> {
  if (name.endsWith('.')) return [name];
  const { search, ndots } = searchIn(await read(resolvConf));
  const completed = search.map((domain) => `${name}.${domain}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...completed] : [...completed, name];
}

function searchIn(text: string): { search: string[]; ndots: number } {
  let search: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'domain') search = values.slice(0, 1);
    if (keyword === 'search') search = values;
    const given = keyword === 'options' && /\sndots:(\d+)/.exec(line)?.[1];
    if (given) ndots = Math.min(Number(given), LARGEST_NDOTS);
  }
  return { search: search.filter((domain) => domain !== '.'), ndots };
}

/** A machine may have neither file, or keep them from its users. */
async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}
