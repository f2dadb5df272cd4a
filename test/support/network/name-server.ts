import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { parse } from 'ipaddr.js';

/** What a name server says of a name: addresses, an error, or nothing at all. */
export type Said = string[] | 'NXDOMAIN' | 'SERVFAIL' | 'silence';

export interface NameServer {
  /** As `Resolver.setServers` takes it. */
  address: string;
  /** The names and types (`A`, `AAAA`) it was asked for, in order, each time. */
  asked: string[];
  /** Says this of a name from now on. Of any other name it says NXDOMAIN. */
  say: (name: string, said: Said) => void;
  close: () => Promise<void>;
}

const TYPES: Record<number, string> = { 1: 'A', 28: 'AAAA' };
const CODES = { SERVFAIL: 2, NXDOMAIN: 3 };

/** A name server on loopback, over UDP. Its answers may be cached for `ttl` seconds. */
export async function startNameServer({ ttl = 60 } = {}): Promise<NameServer> {
  const names = new Map<string, Said>();
  const asked: string[] = [];
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (query, { port, address }) => {
    const { name, type, question } = questionOf(query);
    asked.push(`${name} ${TYPES[type]}`);
    const said = names.get(name) ?? 'NXDOMAIN';
    if (said !== 'silence') socket.send(answer(query, question, type, said, ttl), port, address);
  });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    say: (name, said) => void names.set(name, said),
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

/** RFC 1035, 4.1.2: labels, each after its length, then type and class. */
function questionOf(query: Buffer): { name: string; type: number; question: Buffer } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  return { name: labels.join('.').toLowerCase(), type, question: query.subarray(12, at + 5) };
}

function answer(
  query: Buffer,
  question: Buffer,
  type: number,
  said: Exclude<Said, 'silence'>,
  ttl: number,
): Buffer {
  const records =
    typeof said === 'string' ? [] : said.filter((address) => type === (isIPv6(address) ? 28 : 1));
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 + (typeof said === 'string' ? CODES[said] : 0), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, question, ...records.map((address) => recordOf(address, type, ttl))]);
}

/** The name is that of the question. */
function recordOf(address: string, type: number, ttl: number): Buffer {
  const data = Buffer.from(parse(address).toByteArray());
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(ttl, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
