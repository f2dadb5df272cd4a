import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The state of a listening socket in Linux's tables. */
const LISTENS = '0A';

/** Where a process listens on TCP, as `address:port`; a wildcard address is `*`. Linux only. */
export function listeningOf(pid: number): string[] {
  const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => socketOf(pid, fd));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENS && sockets.includes(fields[9]!))
      .map((fields) => readable(fields[1]!)),
  );
}

function socketOf(pid: number, fd: string): string[] {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.slice(1) ?? [];
  } catch {
    // It was closed meanwhile.
    return [];
  }
}

/** `0100007F:1F90` is `127.0.0.1:8080`: an IPv4 address is written backwards. */
function readable(hexadecimal: string): string {
  const [address, port] = hexadecimal.split(':') as [string, string];
  const bytes = address.match(/../g)!.map((byte) => parseInt(byte, 16));
  const name = bytes.length === 4 ? bytes.reverse().join('.') : address;
  return `${/^[0.]+$/.test(name) ? '*' : name}:${parseInt(port, 16)}`;
}
