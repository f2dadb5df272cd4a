import fs from 'node:fs';
import { relative } from 'node:path';
import { filesOf } from './folder';
import type { Operation } from './operations';

/*
 * Imported before everything else: notes every call of node:fs that changes a file of the folder in argument 1, or
 * brings one to the disk.
 */

const ROOT = process.argv[2]!;

export const operations: Operation[] = [];

/** The number of each file; of each open descriptor the file's number, or the folder's path. */
const numbers = new Map<string, number>(filesOf(ROOT).map((path, index) => [path, index]));
const opened = new Map<number, number | string>();
let flushes = 0;
let files = numbers.size;

/** Undefined for what is not in the folder. */
function within(path: unknown): string | undefined {
  if (typeof path !== 'string') return undefined;
  return path === ROOT ? '' : path.startsWith(`${ROOT}/`) ? relative(ROOT, path) : undefined;
}

function made(path: string): void {
  numbers.set(path, files);
  operations.push({ do: 'make file', path, file: files });
  files += 1;
}

function noteOpened(file: number, path: string | undefined, wasThere: boolean): void {
  opened.delete(file);
  if (path === undefined) return;
  if (!wasThere) made(path);
  opened.set(file, numbers.get(path) ?? path);
}

function removed(path: string | undefined): void {
  if (path === undefined) return;
  numbers.delete(path);
  operations.push({ do: 'remove', path });
}

function renamed(path: string | undefined, to: string | undefined): void {
  if (path === undefined || to === undefined) return;
  for (const [name, number] of [...numbers]) {
    if (name !== path && !name.startsWith(`${path}/`)) continue;
    numbers.delete(name);
    numbers.set(`${to}${name.slice(path.length)}`, number);
  }
  operations.push({ do: 'rename', path, to });
}

/** Notes that a flush begins. Returns what notes its end. */
function flushing(descriptor: number): () => void {
  const what = opened.get(descriptor);
  if (typeof what === 'string') return () => operations.push({ do: 'flush folder', path: what });
  if (what === undefined) return () => undefined;
  const flush = (flushes += 1);
  operations.push({ do: 'begin flush', file: what, flush });
  return () => operations.push({ do: 'end flush', flush });
}

function resized(file: number | string | undefined, size: number | undefined): void {
  if (typeof file === 'number') operations.push({ do: 'resize', file, size: size ?? 0 });
}

const real = { ...fs, promises: { ...fs.promises } };

const syncedBy = (name: 'fsyncSync' | 'fdatasyncSync') => (descriptor: number) => {
  const ended = flushing(descriptor);
  real[name](descriptor);
  ended();
};

const syncedLaterBy =
  (name: 'fsync' | 'fdatasync') => (descriptor: number, done: (error: Error | null) => void) => {
    const ended = flushing(descriptor);
    real[name](descriptor, (error) => {
      ended();
      done(error);
    });
  };

Object.assign(fs, {
  openSync(path: string, ...rest: [fs.OpenMode, fs.Mode?]) {
    const wasThere = real.existsSync(path);
    const descriptor = real.openSync(path, ...rest);
    noteOpened(descriptor, within(path), wasThere);
    return descriptor;
  },
  closeSync(descriptor: number) {
    opened.delete(descriptor);
    real.closeSync(descriptor);
  },
  writeSync(descriptor: number, from: Int8Array, offset: number, length: number, position: number) {
    const written = real.writeSync(descriptor, from, offset, length, position);
    const file = opened.get(descriptor);
    if (typeof file === 'number') {
      const bytes = new Uint8Array(from.buffer, from.byteOffset + offset, written).slice();
      operations.push({ do: 'write', file, position, bytes });
    }
    return written;
  },
  writeFileSync(path: string, text: string, options: object) {
    const wasThere = real.existsSync(path);
    real.writeFileSync(path, text, options);
    const name = within(path);
    if (name !== undefined && !wasThere) made(name);
  },
  mkdirSync(path: string, options: object) {
    real.mkdirSync(path, options);
    const name = within(path);
    if (name !== undefined) operations.push({ do: 'make folder', path: name });
  },
  renameSync(path: string, to: string) {
    real.renameSync(path, to);
    renamed(within(path), within(to));
  },
  unlinkSync(path: string) {
    real.unlinkSync(path);
    removed(within(path));
  },
  rmdirSync(path: string) {
    real.rmdirSync(path);
    removed(within(path));
  },
  truncateSync(path: string, size?: number) {
    real.truncateSync(path, size);
    resized(numbers.get(within(path) ?? ''), size);
  },
  ftruncateSync(descriptor: number, size?: number) {
    real.ftruncateSync(descriptor, size);
    resized(opened.get(descriptor), size);
  },
  fsyncSync: syncedBy('fsyncSync'),
  fdatasyncSync: syncedBy('fdatasyncSync'),
  fsync: syncedLaterBy('fsync'),
  fdatasync: syncedLaterBy('fdatasync'),
});

Object.assign(fs.promises, {
  async open(path: string, ...rest: [fs.OpenMode?, fs.Mode?]) {
    const wasThere = real.existsSync(path);
    const handle = await real.promises.open(path, ...rest);
    noteOpened(handle.fd, within(path), wasThere);
    const datasync = handle.datasync.bind(handle);
    return Object.assign(handle, {
      datasync: async () => {
        const ended = flushing(handle.fd);
        await datasync();
        ended();
      },
    });
  },
  async mkdir(path: string, options: object) {
    const wasThere = real.existsSync(path);
    await real.promises.mkdir(path, options);
    const name = within(path);
    if (name !== undefined && !wasThere) operations.push({ do: 'make folder', path: name });
  },
  async rename(path: string, to: string) {
    await real.promises.rename(path, to);
    renamed(within(path), within(to));
  },
  async rm(path: string, options: object) {
    const wasThere = real.existsSync(path);
    await real.promises.rm(path, options);
    if (wasThere) removed(within(path));
  },
  async rmdir(path: string) {
    await real.promises.rmdir(path);
    removed(within(path));
  },
});
