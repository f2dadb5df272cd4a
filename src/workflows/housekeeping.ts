import { isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { HousekeepingActivities } from '../activities';
import type { DecideAnswer, DecideInput } from '../activities/contract';
import type { Plan } from '../domain/journeys/plan';
import {
  readArrival,
  readDecideAnswer,
  readHandOffAnswer,
  readHoldAnswer,
  readLeaveAnswer,
  readWaitAnswer,
} from './answer';
import { HEARTBEAT_TIMEOUT_MS } from '../domain/retry-policy';
import { readAdmitAnswer } from './plan-form';

const local = proxyLocalActivities<HousekeepingActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 2, initialInterval: '200 milliseconds' },
});
const remote = proxyActivities<HousekeepingActivities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
  retry: { initialInterval: '1 second', maximumInterval: '5 minutes' },
});

/**
 * Bookkeeping. Each runs as a local activity, which costs one marker when it succeeds at once. If it fails, a normal
 * activity takes over: a local activity that keeps failing adds events and blocks its workflow task.
 */
export const housekeeping: Omit<HousekeepingActivities, 'decide'> = {
  admit: localThenRemote(local.admit, remote.admit, readAdmitAnswer),
  arrive: localThenRemote(local.arrive, remote.arrive, readArrival),
  close: localThenRemote(local.close, remote.close),
  hold: localThenRemote(local.hold, remote.hold, readHoldAnswer),
  send: localThenRemote(local.send, remote.send, readHandOffAnswer),
  wait: localThenRemote(local.wait, remote.wait, readWaitAnswer),
  leaveCallback: localThenRemote(local.leaveCallback, remote.leaveCallback, readLeaveAnswer),
  begin: localThenRemote(local.begin, remote.begin),
};

/** The answer names tiles of the plan. */
export function decide(input: DecideInput, plan: Plan): Promise<DecideAnswer> {
  const read = (answer: unknown) => readDecideAnswer(answer, input.tileId, plan);
  return localThenRemote(local.decide, remote.decide, read)(input);
}

type Activity<Input, Answer> = (input: Input) => Promise<Answer>;

/** `read` takes the answer of the normal activity, which runs again if there is none: see `answer.ts`. */
function localThenRemote<Input, Answer>(
  runLocally: Activity<Input, Answer>,
  runRemotely: Activity<Input, Answer>,
  read?: (answer: unknown) => Awaited<Answer> | undefined,
): Activity<Input, Answer> {
  return async (input) => {
    try {
      return await runLocally(input);
    } catch (error) {
      if (isCancellation(error)) throw error;
    }
    for (;;) {
      const answer = await runRemotely(input);
      if (read === undefined) return answer;
      const readable = read(answer);
      if (readable !== undefined) return readable;
    }
  };
}
