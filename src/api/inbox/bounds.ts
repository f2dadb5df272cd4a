import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '../../db/connection/client';
import { deleteSurplusRequests } from '../../db/inbox/requests';
import { ApiError } from '../../domain/errors';

/*
 * An inbox asks for no key. What it stores is bounded in the database; what it takes is bounded here: a request so that
 * a page of them can be listed at once, a minute so that rows that are deleted, but not yet vacuumed, do not fill a disk.
 */

const MEBIBYTE = 1_048_576;
const MOST_HEADERS = 100;
const BYTES_OF_A_HEAD = 8_192;
const MINUTE_MS = 60_000;
const BYTES_A_MINUTE = 64 * MEBIBYTE;

/** Throws `HeadersTooLarge` for more headers than an endpoint can be expected to take. */
export function refuseLargeHead({ url, raw: { rawHeaders } }: FastifyRequest): void {
  const bytes = rawHeaders.reduce((sum, text) => sum + text.length, url.length);
  if (rawHeaders.length <= 2 * MOST_HEADERS && bytes <= BYTES_OF_A_HEAD) return;
  throw new ApiError(
    'HeadersTooLarge',
    `An inbox takes ${MOST_HEADERS} headers, and ${BYTES_OF_A_HEAD / 1_024} KiB of URL and headers. Send less in them.`,
  );
}

/** What a request takes beside its texts, in its row, in the indexes and in the log of the database. */
const BYTES_OF_A_ROW = 1_024;

/** After each of these, surplus is deleted. It may be stored beyond the bounds meanwhile. */
const BYTES_BETWEEN_DELETIONS = MEBIBYTE / 4;

export interface InboxBounds {
  /** Throws `RateLimitExceeded` if the inboxes have taken enough in this minute. */
  admit: (reply: FastifyReply) => void;
  /** Counts a request and has it written. They are written one by one: other statements get their turn between them. */
  write: (bytes: number, record: () => Promise<number>) => Promise<number>;
}

export function createInboxBounds(db: Database): InboxBounds {
  const minute = { startedAt: -Infinity, bytes: 0 };
  let bytesUntilDeletion = 0;
  let last: Promise<unknown> = Promise.resolve();
  return {
    admit(reply) {
      const now = performance.now();
      if (now - minute.startedAt >= MINUTE_MS) Object.assign(minute, { startedAt: now, bytes: 0 });
      if (minute.bytes >= BYTES_A_MINUTE) throw tooMuch(reply, minute.startedAt + MINUTE_MS - now);
    },
    write(bytes, record) {
      minute.bytes += bytes + BYTES_OF_A_ROW;
      const written = last.then(async () => {
        bytesUntilDeletion -= bytes + BYTES_OF_A_ROW;
        if (bytesUntilDeletion <= 0) {
          bytesUntilDeletion = BYTES_BETWEEN_DELETIONS;
          await deleteSurplusRequests(db);
        }
        return record();
      });
      // A failure is that of its own request.
      last = written.catch(() => undefined);
      return written;
    },
  };
}

function tooMuch(reply: FastifyReply, forMs: number): ApiError {
  const seconds = Math.ceil(forMs / 1_000);
  reply.header('retry-after', seconds);
  return new ApiError(
    'RateLimitExceeded',
    `The inboxes of this server have taken 64 MiB in this minute. Send this request again in ${seconds} seconds.`,
  );
}
