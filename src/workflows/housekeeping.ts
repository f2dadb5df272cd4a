import { isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { HousekeepingActivities } from '../activities';

const local = proxyLocalActivities<HousekeepingActivities>({
  startToCloseTimeout: '10 seconds',
  retry: { maximumAttempts: 2, initialInterval: '200 milliseconds' },
});
const remote = proxyActivities<HousekeepingActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '5 seconds', maximumInterval: '5 minutes' },
});

/**
 * Bookkeeping. Each runs as a local activity, which costs one marker when it succeeds at once. If it fails, a normal
 * activity takes over: a local activity that keeps failing adds events and blocks its workflow task.
 */
export const housekeeping: HousekeepingActivities = {
  admit: localThenRemote(local.admit, remote.admit),
  arrive: localThenRemote(local.arrive, remote.arrive),
  close: localThenRemote(local.close, remote.close),
  send: localThenRemote(local.send, remote.send),
  begin: localThenRemote(local.begin, remote.begin),
};

type Activity<Input, Answer> = (input: Input) => Promise<Answer>;

function localThenRemote<Input, Answer>(
  runLocally: Activity<Input, Answer>,
  runRemotely: Activity<Input, Answer>,
): Activity<Input, Answer> {
  return async (input) => {
    try {
      return await runLocally(input);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return runRemotely(input);
    }
  };
}
