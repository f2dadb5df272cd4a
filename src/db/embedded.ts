import {
  type messages,
  parse,
  PGlite,
  protocol,
  type QueryOptions,
  type Results,
} from '@electric-sql/pglite';

/** A statement that the database has parsed, under a name. */
interface Statement {
  name: string;
  preparedAt: number;
  /** Of each parameter its type, which says how its value is written. */
  parameterTypes: number[];
  /** What the columns of the result are; nothing for a statement without rows. */
  description: messages.BackendMessage[];
}

/** A plan that is kept takes memory. The program has fewer texts, but those of lists vary with their filters. */
const MOST_STATEMENTS = 100;

/**
 * A plan suits the tables as they were when it was made, and nobody analyzes them here, by which Postgres
 * learns elsewhere that they have grown: each text is planned afresh from time to time.
 */
const REPLAN_MS = 60_000;

/** SQLSTATE of a statement whose result has changed with its tables, and of one the session does not know. */
const STALE_STATES = ['0A000', '26000'];

const BYTEA = 17;

const { serialize } = protocol;

/**
 * PGlite that parses and plans a text once, and not at each call, which is half of what a statement costs.
 * What runs in a `transaction` goes PGlite's own way. The methods with an underscore are not part of PGlite's
 * documented API, so its version is pinned.
 */
export class EmbeddedPostgres extends PGlite {
  /** By text, the one used last at the end. */
  readonly #statements = new Map<string, Statement>();
  #names = 0;

  /** As PGlite's, but that of its options a blob, parameter types and a listener for notices have no effect. */
  override async query<Row>(
    text: string,
    params: unknown[] = [],
    options: QueryOptions = {},
  ): Promise<Results<Row>> {
    await this._checkReady();
    return this._runExclusiveTransaction(() =>
      this._runExclusiveQuery(async () => {
        const kept = this.#statements.get(text);
        try {
          return await this.#run<Row>(text, params, options);
        } catch (error) {
          const { code = '' } = error as { code?: string };
          if (!kept || !STALE_STATES.includes(code)) throw error;
          // Refused before it did anything.
          kept.preparedAt = 0;
          return await this.#run<Row>(text, params, options);
        }
      }),
    );
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
    const kept = this.#statements.get(text);
    this.#statements.delete(text);
    const statement =
      kept && Date.now() - kept.preparedAt < REPLAN_MS ? kept : await this.#prepare(text, kept);
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
      preparedAt: Date.now(),
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
    return this.execProtocolStream(Buffer.concat(parts));
  }
}
