import { fdatasyncSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { syncFolder } from './disk';
import { LogFlush } from './log-flush';

/** What is used of Emscripten's file system on Node's. */
interface Node {
  mode: number;
}
interface Stream {
  path: string;
  node: Node;
  /** The descriptor. */
  nfd: number;
  shared: { refcount: number };
}
interface Emscripten {
  FS: { isDir: (mode: number) => boolean; ErrnoError: new (code: number) => Error };
  NODEFS: {
    realPath: (node: Node) => string;
    node_ops: {
      mknod: (folder: Node, name: string, mode: number, device: number) => Node;
      setattr: (node: Node, changes: { size?: number }) => void;
      rename: (node: Node, folder: Node, name: string) => void;
      unlink: (folder: Node, name: string) => void;
      rmdir: (folder: Node, name: string) => void;
    };
    stream_ops: {
      setattr: (stream: Stream, changes: { size?: number }) => void;
      write: (stream: Stream, from: Int8Array, offset: number, length: number, position: number) => number;
      fsync?: (stream: Stream) => void;
      close: (stream: Stream) => void;
    };
  };
}

/** Emscripten's numbers. */
const EAGAIN = 6;
const EIO = 29;

/** More than Postgres adds to a table at once. */
const ZEROS = Buffer.alloc(65_536);

/**
 * A folder of a database that reaches the disk when Postgres says so, where PGlite's own does not. Postgres's log does
 * a little later: by the time of `flushed()`. Nobody may hear of a commit before, and what Postgres changes in other
 * files waits for the log here, because it relies on it.
 */
export class SyncedFolder extends NodeFS {
  readonly #log = new LogFlush();
  /** Folders with new files whose names are not on disk. */
  readonly #withNewNames = new Set<string>();
  /** Files of tables with writes that may not be on disk. */
  readonly #written = new Set<string>();
  #mayWait = true;
  #refused = false;

  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const started = await super.init(...args);
    started.emscriptenOpts.preRun!.push((module) => this.#intercept(module as unknown as Emscripten));
    return started;
  }

  override async closeFs(): Promise<void> {
    await super.closeFs();
    await this.flushed();
  }

  /** Resolves when all that is committed is on disk. */
  flushed(): Promise<void> {
    return this.#log.flushed();
  }

  /**
   * Runs what writes to tables and then waits until they are on disk, but does not wait: it fails instead, and the
   * answer is false. What it wrote stays written.
   */
  async runWithoutWait(work: () => Promise<unknown>): Promise<boolean> {
    this.#mayWait = false;
    this.#refused = false;
    try {
      await work();
    } catch (error) {
      if (!this.#refused) throw error;
    } finally {
      this.#mayWait = true;
    }
    return !this.#refused;
  }

  /** Waits, in other threads, until what has been written to tables is on disk. */
  async flushTables(): Promise<void> {
    const paths = [...this.#written];
    this.#written.clear();
    for (const path of paths) {
      const file = await open(path, 'r+').catch(ignoreMissing);
      if (!file) continue;
      await this.#log.attemptLater(() => file.datasync()).finally(() => file.close());
    }
  }

  /** What the folder contains is known again after a restart. */
  giveUp(reason: unknown): void {
    this.#log.giveUp(reason);
  }

  /** Throws once the disk has refused something. */
  check(): void {
    this.#log.check();
  }

  #intercept({ FS, NODEFS }: Emscripten): void {
    const { node_ops: nodes, stream_ops: streams, realPath } = NODEFS;
    const inLog = (path: string) => path.includes('/pg_wal/');
    const ofTable = (path: string) => path.includes('/base/');
    const synced = (work: () => void) => {
      try {
        work();
      } catch (error) {
        throw Object.assign(new FS.ErrnoError(EIO), { cause: error });
      }
    };
    const logFirst = () => synced(() => this.#log.flushNow());
    const plain = { ...nodes, ...streams, setNode: nodes.setattr, setStream: streams.setattr };

    streams.fsync = (stream) => {
      if (FS.isDir(stream.node.mode)) synced(() => this.#syncFolder(realPath(stream.node)));
      else if (inLog(stream.path)) this.#log.add(stream.nfd);
      else {
        const path = realPath(stream.node);
        if (!this.#mayWait && this.#written.has(path)) {
          this.#refused = true;
          throw new FS.ErrnoError(EAGAIN);
        }
        this.#written.delete(path);
        synced(() => this.#syncFile(stream.nfd, path));
      }
    };
    streams.write = (stream, from, offset, length, position) => {
      // A table grows by zeros before the log says what stands there.
      if (!inLog(stream.path) && !isZeros(from, offset, length)) logFirst();
      if (ofTable(stream.path)) this.#written.add(realPath(stream.node));
      return plain.write(stream, from, offset, length, position);
    };
    streams.close = (stream) => {
      if (!inLog(stream.path)) plain.close(stream);
      else if ((stream.shared.refcount -= 1) === 0) this.#log.close(stream.nfd);
    };
    streams.setattr = (stream, changes) => {
      if (changes.size !== undefined && !inLog(stream.path)) logFirst();
      plain.setStream(stream, changes);
    };
    nodes.setattr = (node, changes) => {
      if (changes.size !== undefined) logFirst();
      plain.setNode(node, changes);
    };
    nodes.mknod = (folder, name, mode, device) => {
      this.#withNewNames.add(realPath(folder));
      return plain.mknod(folder, name, mode, device);
    };
    nodes.rename = (node, folder, name) => {
      if (!inLog(realPath(node))) logFirst();
      plain.rename(node, folder, name);
    };
    nodes.unlink = (folder, name) => {
      if (!inLog(`${realPath(folder)}/`)) logFirst();
      plain.unlink(folder, name);
    };
    nodes.rmdir = (folder, name) => {
      logFirst();
      plain.rmdir(folder, name);
    };
  }

  #syncFile(file: number, path: string): void {
    this.#log.attempt(() => fdatasyncSync(file));
    const folder = dirname(path);
    if (this.#withNewNames.has(folder)) this.#syncFolder(folder);
  }

  #syncFolder(path: string): void {
    this.#log.attempt(() => syncFolder(path));
    this.#withNewNames.delete(path);
  }
}

function isZeros(bytes: Int8Array, offset: number, length: number): boolean {
  if (length > ZEROS.length) return false;
  return ZEROS.subarray(0, length).equals(Buffer.from(bytes.buffer, bytes.byteOffset + offset, length));
}

/** A file of a table that has been dropped meanwhile. */
function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
