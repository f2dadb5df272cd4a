import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { redactAnswerHeaders, redactSecrets } from '../../domain/webhooks/redact';
import { Reason } from '../../domain/entry';
import { ApiError } from '../../domain/errors';
import { showText } from '../../webhook/answer/answer-text';
import type { TestCall } from '../../webhook/test-call';

/* What testing a journey webhook and an event webhook have in common. */

/** Calls under way on one server at most, each of up to 20 seconds: more would let a caller hold it. */
export const TESTS_AT_ONCE = 20;

const RETRY_AFTER_S = 10;

/** Runs a test, unless too many are under way: then it throws `RateLimitExceeded`. */
export type TestLimit = <Answer>(reply: FastifyReply, run: () => Promise<Answer>) => Promise<Answer>;

export function createTestLimit(): TestLimit {
  let underWay = 0;
  return async (reply, run) => {
    if (underWay >= TESTS_AT_ONCE) throw tooMany(reply);
    underWay += 1;
    try {
      return await run();
    } finally {
      underWay -= 1;
    }
  };
}

export const TestCallResult = z.object({
  ok: z.boolean().describe('Whether the call did what it is for.'),
  response: z
    .object({
      status: z.int(),
      durationMs: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
    })
    .optional()
    .describe('Absent when there was no answer.'),
  error: z.object({ reason: Reason, message: z.string() }).optional(),
});

/** What came of a call, without what let us in. */
export function testCallResultOf({ answer, error, secrets }: TestCall): z.infer<typeof TestCallResult> {
  return {
    ok: error === undefined,
    response: answer && {
      status: answer.status,
      durationMs: answer.durationMs,
      headers: redactAnswerHeaders(answer.headers, secrets),
      body: redactSecrets(showText(answer), secrets, { cut: answer.bodyFault !== undefined }),
    },
    error,
  };
}

function tooMany(reply: FastifyReply): ApiError {
  reply.header('retry-after', RETRY_AFTER_S);
  return new ApiError(
    'RateLimitExceeded',
    `There are ${TESTS_AT_ONCE} tests under way on this server. Send this one again in ${RETRY_AFTER_S} seconds.`,
  );
}
