import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '45 seconds' });

/** The smallest workflow with one activity: the cost of Temporal itself. */
export async function bare(): Promise<void> {
  await nothing();
}

/** The smallest that waits for a signal before. */
export async function bareWait(): Promise<void> {
  let gone = false;
  setHandler(defineSignal('go'), () => void (gone = true));
  await condition(() => gone);
  await nothing();
}
