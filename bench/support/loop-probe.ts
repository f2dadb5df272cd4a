import { createServer } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import { watchPauses } from '../../test/support/longest-pause';

/* Loaded into a program before it starts: answers at LOOP_PROBE_PORT with the longest pause of its event loop, in ms. */

// Threads of the program load this as well.
if (isMainThread) {
  const longestPause = watchPauses();
  createServer((_request, answer) => void answer.end(String(longestPause())))
    .listen(Number(process.env['LOOP_PROBE_PORT']), '127.0.0.1')
    .unref();
}
