import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Chance } from './chance';
import { filesOf } from './folder';
import type { Operation } from './operations';

/** What happens to what was written and is not on disk when the power goes. */
export type Loss = 'all of it' | 'none of it' | 'some writes' | 'some blocks of 512 bytes' | 'some of 4096';

type Pending = { position: number; bytes: Uint8Array } | { size: number };

/** The bytes of a file, with room for more. */
interface Bytes {
  size: number;
  room: Uint8Array;
}

interface File {
  /** What is on disk, and what has been written since. */
  stored: Bytes;
  pending: Pending[];
}

interface Folder {
  entries: Map<string, Node>;
  /** The entries that are on disk, and how each change since then would leave them. */
  stored: Map<string, Node>;
  pending: [name: string, node: Node | undefined][][];
}

type Node = File | Folder;

const isFolder = (node: Node | undefined): node is Folder => node !== undefined && 'entries' in node;

/**
 * A disk that loses power. It may lose everything that no flush has covered, or any part of it: of a file's writes any,
 * or any block of any; of a folder's changes, those after some moment. A new file's name is on disk when its folder is
 * flushed and not before, as POSIX has it, though most file systems do better.
 */
export class Disk {
  readonly #root: Folder = emptyFolder();
  readonly #files = new Map<number, File>();
  readonly #flushes = new Map<number, { file: File; covered: Set<Pending> }>();

  /** With what is in the folder now, all of it stored. */
  constructor(folder: string) {
    for (const path of filesOf(folder, 'folders')) this.#put(path, emptyFolder());
    for (const [number, path] of filesOf(folder).entries()) {
      const room = new Uint8Array(readFileSync(join(folder, path)));
      const file = { stored: { size: room.length, room }, pending: [] };
      this.#files.set(number, file);
      this.#put(path, file);
    }
    storeNames(this.#root);
  }

  run(operation: Operation): void {
    switch (operation.do) {
      case 'make file': {
        const file = { stored: { size: 0, room: new Uint8Array() }, pending: [] };
        this.#files.set(operation.file, file);
        return this.#change([[operation.path, file]]);
      }
      case 'make folder':
        return this.#change([[operation.path, emptyFolder()]]);
      case 'write':
        return void this.#files.get(operation.file)!.pending.push(operation);
      case 'resize':
        return void this.#files.get(operation.file)!.pending.push(operation);
      case 'rename': {
        const node = this.#folderOf(operation.path).entries.get(basename(operation.path))!;
        return this.#change([
          [operation.path, undefined],
          [operation.to, node],
        ]);
      }
      case 'remove':
        return this.#change([[operation.path, undefined]]);
      case 'begin flush': {
        const file = this.#files.get(operation.file)!;
        this.#flushes.set(operation.flush, { file, covered: new Set(file.pending) });
        return;
      }
      case 'end flush': {
        const { file, covered } = this.#flushes.get(operation.flush)!;
        this.#flushes.delete(operation.flush);
        for (const change of file.pending) if (covered.has(change)) apply(file.stored, change);
        file.pending = file.pending.filter((change) => !covered.has(change));
        return;
      }
      case 'flush folder': {
        const folder = this.#folderAt(operation.path);
        folder.stored = new Map(folder.entries);
        folder.pending = [];
        return;
      }
      case 'attempt':
      case 'acknowledge':
        return;
    }
  }

  /** Writes to a new folder what is left after a cut. */
  writeAfterCut(folder: string, loss: Loss, chance: Chance): void {
    write(this.#root, folder, {
      namesOf: ({ stored, pending }) => {
        const most = pending.length;
        const kept =
          loss === 'all of it' ? 0 : loss === 'none of it' ? most : Math.floor(chance() * (most + 1));
        const names = new Map(stored);
        for (const [name, node] of pending.slice(0, kept).flat()) setOrDelete(names, name, node);
        return names;
      },
      bytesOf: ({ stored, pending }) => withChanges(stored, survivors(pending, loss, chance)),
    });
  }

  /** Writes to a new folder what a process sees that reads it, whether it is on disk or not. */
  writeAsSeen(folder: string): void {
    write(this.#root, folder, {
      namesOf: ({ entries }) => entries,
      bytesOf: ({ stored, pending }) => withChanges(stored, pending),
    });
  }

  #folderAt(path: string): Folder {
    let folder = this.#root;
    for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
      const next = folder.entries.get(name);
      if (!isFolder(next)) throw new Error(`There is no folder ${path}.`);
      folder = next;
    }
    return folder;
  }

  #folderOf(path: string): Folder {
    return this.#folderAt(dirname(path));
  }

  #put(path: string, node: Node): void {
    this.#folderOf(path).entries.set(basename(path), node);
  }

  /** All of it in one folder, and at once. */
  #change(changes: [path: string, node: Node | undefined][]): void {
    const folder = this.#folderOf(changes[0]![0]);
    if (changes.some(([path]) => this.#folderOf(path) !== folder))
      throw new Error('A file was moved to another folder, which this disk does not know.');
    const named = changes.map(([path, node]): [string, Node | undefined] => [basename(path), node]);
    for (const [name, node] of named) setOrDelete(folder.entries, name, node);
    folder.pending.push(named);
  }
}

function emptyFolder(): Folder {
  return { entries: new Map(), stored: new Map(), pending: [] };
}

function storeNames(folder: Folder): void {
  folder.stored = new Map(folder.entries);
  for (const node of folder.entries.values()) if (isFolder(node)) storeNames(node);
}

function setOrDelete(names: Map<string, Node>, name: string, node: Node | undefined): void {
  if (node) names.set(name, node);
  else names.delete(name);
}

interface Look {
  namesOf: (folder: Folder) => Map<string, Node>;
  bytesOf: (file: File) => Uint8Array;
}

function write(folder: Folder, path: string, look: Look): void {
  mkdirSync(path, { recursive: true });
  for (const [name, node] of look.namesOf(folder)) {
    if (isFolder(node)) write(node, join(path, name), look);
    else writeFileSync(join(path, name), look.bytesOf(node));
  }
}

/** Those of the writes that reached the disk, or the parts of them. */
function survivors(pending: Pending[], loss: Loss, chance: Chance): Pending[] {
  if (loss === 'all of it') return [];
  if (loss === 'none of it') return pending;
  const block = loss === 'some writes' ? undefined : loss === 'some of 4096' ? 4096 : 512;
  return pending.flatMap((change) => {
    if (block === undefined || 'size' in change) return chance() < 0.5 ? [change] : [];
    const parts = Array.from({ length: Math.ceil(change.bytes.length / block) }, (_, index) => ({
      position: change.position + index * block,
      bytes: change.bytes.subarray(index * block, (index + 1) * block),
    }));
    return parts.filter(() => chance() < 0.5);
  });
}

function withChanges(stored: Bytes, changes: Pending[]): Uint8Array {
  const bytes = { size: stored.size, room: stored.room.slice() };
  for (const change of changes) apply(bytes, change);
  return bytes.room.subarray(0, bytes.size);
}

function apply(bytes: Bytes, change: Pending): void {
  const end = 'size' in change ? change.size : change.position + change.bytes.length;
  if (end > bytes.room.length) {
    const room = new Uint8Array(end * 2);
    room.set(bytes.room.subarray(0, bytes.size));
    bytes.room = room;
  }
  if ('size' in change) {
    bytes.room.fill(0, Math.min(end, bytes.size), bytes.size);
    bytes.size = end;
  } else {
    bytes.room.set(change.bytes, change.position);
    bytes.size = Math.max(bytes.size, end);
  }
}
