import { closeSync, fdatasync, fdatasyncSync } from 'node:fs';
import { promisify } from 'node:util';

const syncFile = (file: number) => promisify(fdatasync)(file);

/** The disk refused to store something. What the files contain is known again after a restart, which reads the log. */
export class DiskError extends Error {
  /** SQLSTATE io_error. */
  readonly code = '58030';

  /** With no cause of its own: the log shows the message of the innermost. */
  constructor(reason: unknown) {
    super(
      `The disk refused to store the embedded database: ${(reason as Error).message}. ` +
        'Check the disk of WAYHOOK_DATA_DIR, then restart Wayhook.',
    );
  }
}

/**
 * Brings the files of Postgres's log to the disk, in other threads, one flush for all who wait. Files are their
 * descriptors.
 */
export class LogFlush {
  /** How often a file was added, and how many of these additions are on disk. */
  #added = 0;
  #stored = 0;
  readonly #files = new Set<number>();
  readonly #underWay = new Set<number>();
  /** Those that Postgres has closed. Their number must not be given to another file while it is in use here. */
  readonly #closed = new Set<number>();
  #flush: Promise<void> | undefined;
  #failure: DiskError | undefined;

  /** What was written to the file is to be on disk before anyone hears of it. */
  add(file: number): void {
    this.#added += 1;
    this.#files.add(file);
  }

  /** Throws once the disk has refused something: what it holds since then is unknown. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** From now on, everything fails with what is returned. */
  giveUp(reason: unknown): DiskError {
    return (this.#failure ??= new DiskError(reason));
  }

  /** Resolves when everything added so far is on disk. */
  async flushed(): Promise<void> {
    const wanted = this.#added;
    while (this.#stored < wanted) await (this.#flush ??= this.#run());
    this.check();
  }

  /** Returns when everything added so far is on disk. The event loop waits. */
  flushNow(): void {
    this.check();
    if (this.#stored === this.#added) return;
    this.attempt(() => {
      for (const file of new Set([...this.#files, ...this.#underWay])) fdatasyncSync(file);
    });
    this.#stored = this.#added;
    this.#files.clear();
    this.#closeUnused();
  }

  /** Runs what brings something to the disk, and remembers its failure: to ask again may answer that all is well. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw this.giveUp(error);
    }
  }

  async attemptLater(work: () => Promise<void>): Promise<void> {
    await work().catch((error: unknown) => {
      throw this.giveUp(error);
    });
  }

  /** Closes the file, now or when it is on disk. */
  close(file: number): void {
    this.#closed.add(file);
    this.#closeUnused();
  }

  async #run(): Promise<void> {
    const wanted = this.#added;
    for (const file of this.#files) this.#underWay.add(file);
    this.#files.clear();
    // All of them end before any is closed.
    const outcomes = await Promise.allSettled([...this.#underWay].map(syncFile));
    this.#underWay.clear();
    this.#flush = undefined;
    this.#closeUnused();
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw this.giveUp(failed.reason);
    this.check();
    this.#stored = Math.max(this.#stored, wanted);
  }

  #closeUnused(): void {
    for (const file of this.#closed) {
      if (this.#files.has(file) || this.#underWay.has(file)) continue;
      this.#closed.delete(file);
      closeSync(file);
    }
  }
}
