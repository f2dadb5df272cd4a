import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type FinalHead, notHttp, rewriteHead } from './answer-head';
import { EndpointFault } from '../failure';

/** The longest head to hold; undici bounds the headers in it again, at 16 KiB. */
const MAX_HEAD_LENGTH = 32_768;

const PROTOCOL = 'HTTP/';
const END_OF_HEAD = /\r?\n\r?\n/;
const EMPTY = Buffer.alloc(0);

/** With these errors a connection ends without an answer. */
const CLOSED = /^(ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_(WRITE_AFTER_END|DESTROYED))$/;

/** A connection that was used before closed before the first byte of an answer. */
export class ReusedConnectionClosed extends Error {
  readonly code = 'ECONNRESET';
}

/**
 * A connection as undici uses it, plain or TLS. It rewrites the head of each answer (`rewriteHead`), drops interim
 * answers, and tells whether a connection that closes had been used before. undici sends one request at a time, each in
 * a single write, so that a write begins the wait for a head.
 */
export class AnswerStream extends Duplex {
  readonly #socket: Socket;
  #requests = 0;
  /** The bytes of a head so far; undefined once the final head is in. */
  #head: Buffer | undefined;
  /** Whether anything came since the request was written. */
  #answered = false;
  #closed = false;

  constructor(socket: Socket) {
    super();
    this.#socket = socket
      .on('data', (chunk: Buffer) => this.#receive(chunk))
      .on('end', () => this.#close())
      .on('error', (error) => this.#close(error))
      .on('close', () => this.#close());
  }

  // undici lets an idle connection not keep the process alive.
  ref(): this {
    this.#socket.ref();
    return this;
  }

  unref(): this {
    this.#socket.unref();
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this._writev([{ chunk }], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#requests += 1;
    this.#head = EMPTY;
    this.#answered = false;
    if (this.#closed) return done(this.#requests > 1 ? new ReusedConnectionClosed() : null);
    const bytes = Buffer.concat(chunks.map(({ chunk }) => chunk));
    this.#socket.write(bytes, (error) => (error ? this.#close(error) : done()));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #receive(chunk: Buffer): void {
    this.#answered = true;
    try {
      if (this.#head === undefined) this.#forward(chunk);
      else this.#receiveHead(Buffer.concat([this.#head, chunk]));
    } catch (error) {
      this.destroy(error as Error);
    }
  }

  /** Takes all complete heads: interim ones are dropped. */
  #receiveHead(bytes: Buffer): void {
    let text = bytes.toString('latin1');
    for (;;) {
      text = text.replace(/^[\r\n]+/, '');
      if (!text.startsWith(PROTOCOL.slice(0, text.length))) notHttp();
      const end = END_OF_HEAD.exec(text);
      if ((end?.index ?? text.length) > MAX_HEAD_LENGTH) {
        throw new EndpointFault('response_too_large', 'The endpoint answered with too many headers.');
      }
      if (end === null) break;
      const final = rewriteHead(text.slice(0, end.index));
      text = text.slice(end.index + end[0].length);
      if (final !== undefined) return this.#answer(final, Buffer.from(text, 'latin1'));
    }
    this.#head = Buffer.from(text, 'latin1');
  }

  #answer({ bytes, bodyFault }: FinalHead, rest: Buffer): void {
    this.#head = undefined;
    this.#forward(bytes);
    // undici reads the head in this turn of the event loop.
    if (bodyFault) setImmediate(() => this.destroy(bodyFault));
    else this.#forward(rest);
  }

  #forward(bytes: Buffer): void {
    if (bytes.length > 0 && !this.push(bytes)) this.#socket.pause();
  }

  /** A reset is an end: undici knows whether the answer was complete. Any other error is passed on. */
  #close(error?: NodeJS.ErrnoException): void {
    if (this.#closed) return;
    this.#closed = true;
    const awaitsHead = this.#head !== undefined;
    const isClosed = error === undefined || CLOSED.test(error.code ?? '');
    if (isClosed && awaitsHead && !this.#answered && this.#requests > 1) {
      this.destroy(new ReusedConnectionClosed());
    } else if (error !== undefined && (awaitsHead || !isClosed)) this.destroy(error);
    else this.push(null);
  }
}
