import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '45 seconds' });

/** The least that a workflow with one activity can be: what Temporal itself costs. */
export async function bare(): Promise<void> {
  await nothing();
}
