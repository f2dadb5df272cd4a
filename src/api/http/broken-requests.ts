import type { Socket } from 'node:net';
import { STATUS_CODES } from 'node:http';
import { ApiError, ERROR_STATUS } from '../../domain/errors';
import { ANSWER_HEADERS } from './answer-headers';
import type { Envelope } from './errors';

/** Answers what is no HTTP. It has no request and no reply yet: the envelope goes straight to the socket. */
export function answerBrokenRequest({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const error = errorOf(code);
  const status = ERROR_STATUS[error.code];
  const body = JSON.stringify({ msg: error.message, code: error.code, params: null } satisfies Envelope);
  const headers = {
    ...ANSWER_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

function errorOf(code: string | undefined): ApiError {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ApiError('HeadersTooLarge', 'URL and headers are larger than 16 KiB. Send less in them.');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ApiError('RequestTimeout', 'The request did not arrive in time. Send it again.');
  }
  return new ApiError('BadParams', 'This is not a valid HTTP request.');
}
