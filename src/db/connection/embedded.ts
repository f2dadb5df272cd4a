import {
  type messages,
  parse,
  PGlite,
  type PGliteOptions,
  protocol,
  type QueryOptions,
  type Results,
  type Transaction,
} from '@electric-sql/pglite';
import type { SyncedFolder } from './synced-folder';
import { giveWay } from '../../domain/turns';

/** A statement that the database has parsed, under a name. */
interface Statement {
  name: string;
  stale: boolean;
  /** Of each parameter its type, which says how its value is written. */
  parameterTypes: number[];
  /** What the columns of the result are; nothing for a statement without rows. */
  description: messages.BackendMessage[];
}

/** Cached plans take memory. The program has fewer statements, but those of lists vary with their filters. */
const MOST_STATEMENTS = 100;

/** SQLSTATE of a statement whose result has changed with its tables, and of one that the session does not know. */
const STALE_STATES = ['0A000', '26000'];

function isStale(error: unknown): boolean {
  return STALE_STATES.includes((error as { code?: string }).code ?? '');
}

const BYTEA = 17;

/**
 * PGlite's own parameters, but with fsync, by the one call that reaches its file system. What the disk refuses fails a
 * checkpoint and not the program.
 */
const SYNCED = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  ...['-c', 'wal_sync_method=fsync', '-c', 'data_sync_retry=on'],
];

/**
 * In memory a page is copied into the buffers from memory: 128 MiB of them, Postgres's default, are made at each start and
 * make nothing faster.
 */
const IN_MEMORY = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'];

const { serialize } = protocol;

/**
 * PGlite that parses and plans a text once, and not at each call, which is half of what a statement costs; a plan is
 * made anew by the database when its tables are analyzed. The methods with an underscore are not part of PGlite's
 * documented API, so its version is pinned.
 */
export class EmbeddedPostgres extends PGlite {
  /** By text, the one used last at the end. */
  readonly #statements = new Map<string, Statement>();
  #names = 0;
  readonly #folder: SyncedFolder | undefined;

  /** In the folder, or in memory. */
  constructor(options: PGliteOptions = {}, folder?: SyncedFolder) {
    super(folder ? { ...options, fs: folder, startParams: SYNCED } : { ...options, startParams: IN_MEMORY });
    this.#folder = folder;
  }

  /** As PGlite's, but that of its options a blob, parameter types and a listener for notices have no effect. */
  override async query<Row>(
    text: string,
    params: unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Results<Row>> {
    await this._checkReady();
    return this.#stored(() =>
      this._runExclusiveTransaction(async () => {
        const known = this.#statements.has(text);
        try {
          return await this.#exclusively<Row>(text, params, options);
        } catch (error) {
          if (!known || !isStale(error)) throw error;
          // Refused before it did anything.
          return this.#exclusively<Row>(text, params, options);
        }
      }),
    );
  }

  override exec(text: string, options?: QueryOptions): Promise<Results[]> {
    return this.#stored(() => super.exec(text, options));
  }

  /** As PGlite's; its statements are those of `query`, but one that is stale fails the transaction. */
  override transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#stored(() =>
      super.transaction((tx) => {
        const query: Transaction['query'] = (text, params = [], options = {}) =>
          tx.closed ? tx.query(text, params, options) : this.#exclusively(text, params, options);
        return work(Object.assign(Object.create(tx) as Transaction, { query }));
      }),
    );
  }

  /**
   * Postgres's own, in two parts when there is much to wait for: it writes to the files, others get their turn until
   * these are on disk, and what has been written meanwhile is the rest.
   */
  async checkpoint(): Promise<void> {
    const folder = this.#folder;
    const run = () => this.#exclusively('checkpoint', [], {});
    if (folder) {
      const done = await this.#stored(() => this._runExclusiveTransaction(() => folder.runWithoutWait(run)));
      if (done) return;
      await folder.flushTables();
    }
    await this.query('checkpoint');
  }

  /**
   * The outcome, once the disk has what it rests on: what the work wrote, and what others wrote before it, which it may
   * have read. The next work begins meanwhile.
   */
  async #stored<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#folder?.check();
    try {
      return await work();
    } catch (error) {
      // It has stopped in the middle, and would never answer again.
      if ((error as { severity?: string }).severity === 'PANIC') this.#folder?.giveUp(error);
      throw error;
    } finally {
      await this.#folder?.flushed();
    }
  }

  /** A statement that turned out to be stale is prepared anew the next time. */
  async #exclusively<Row>(text: string, params: unknown[], options: QueryOptions): Promise<Results<Row>> {
    await giveWay();
    return this._runExclusiveQuery(async () => {
      try {
        return await this.#run<Row>(text, params, options);
      } catch (error) {
        const cached = this.#statements.get(text);
        if (cached && isStale(error)) cached.stale = true;
        throw error;
      }
    });
  }

  async #run<Row>(text: string, params: unknown[], options: QueryOptions): Promise<Results<Row>> {
    const { name, parameterTypes, description } = await this.#prepared(text);
    const values = params.map((value, index) => this.#written(value, parameterTypes[index]!, options));
    // The sync at the end makes the session fit for the next statement, whatever becomes of this one.
    const answers = await this.#send([
      serialize.bind({ statement: name, values }),
      serialize.execute(),
      serialize.sync(),
    ]);
    // As a prototype: given as options, PGlite copies its own parsers, some hundreds, for each statement.
    const parsers = Object.assign(Object.create(this.parsers), options.parsers) as typeof this.parsers;
    const { rowMode } = options;
    return parse.parseResults([...description, ...answers], parsers, { rowMode })[0] as Results<Row>;
  }

  async #prepared(text: string): Promise<Statement> {
    const cached = this.#statements.get(text);
    this.#statements.delete(text);
    const statement = cached && !cached.stale ? cached : await this.#prepare(text, cached);
    this.#statements.set(text, statement);
    return statement;
  }

  async #prepare(text: string, outdated: Statement | undefined): Promise<Statement> {
    const name = `wayhook_${(this.#names += 1)}`;
    const gone = outdated ?? this.#surplus();
    const answers = await this.#send([
      ...(gone ? [serialize.close({ type: 'S', name: gone.name })] : []),
      serialize.parse({ name, text }),
      serialize.describe({ type: 'S', name }),
      serialize.sync(),
    ]);
    return {
      name,
      stale: false,
      parameterTypes: parse.parseDescribeStatementResults(answers),
      description: answers.filter((answer) => answer.name === 'rowDescription'),
    };
  }

  /** Makes room for one more. */
  #surplus(): Statement | undefined {
    if (this.#statements.size < MOST_STATEMENTS) return undefined;
    const [text, statement] = this.#statements.entries().next().value!;
    this.#statements.delete(text);
    return statement;
  }

  /** A value as it travels: text, but bytes as they are. */
  #written(value: unknown, type: number, { serializers }: QueryOptions): string | Uint8Array | null {
    if (value === null || value === undefined) return null;
    if (type === BYTEA && value instanceof Uint8Array) return value;
    const write = serializers?.[type] ?? this.serializers[type] ?? String;
    return write(value);
  }

  /** All of it in one call into the database. */
  #send(parts: Uint8Array[]): Promise<messages.BackendMessage[]> {
    return this.execProtocolStream(Buffer.concat(parts), { syncToFs: false });
  }
}
