import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '45 seconds' });

/** The smallest workflow with one activity: the cost of Temporal itself. */
export async function bare(): Promise<void> {
  await nothing();
}
