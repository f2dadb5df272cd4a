import { Script } from 'node:vm';
import { readFileSync } from 'node:fs';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import type { Workflow } from '@temporalio/worker/lib/workflow/interface';

/*
 * The SDK's own workflow runtime, which a worker drives with the server's activations. It is not part of the SDK's
 * documented API, so its version is pinned.
 */

export type { Workflow };
export type Activation = Parameters<Workflow['activate']>[0];
export type Job = NonNullable<Activation['jobs']>[number];
export type Command = NonNullable<
  NonNullable<Awaited<ReturnType<Workflow['activate']>>['successful']>['commands']
>[number];
export type Resolution = NonNullable<NonNullable<Job['resolveActivity']>['result']>;

/** How long an activation may take, in ms, as on a worker. */
const ACTIVATION_MS = 5_000;

/** Loads the bundled workflow code. */
export function loadWorkflows(bundle: string): ReusableVMWorkflowCreator {
  const code = readFileSync(bundle, 'utf8');
  const sourceMap = { version: 3 as const, sources: [], names: [], mappings: '', file: bundle };
  return new ReusableVMWorkflowCreator(
    new Script(code, { filename: bundle }),
    { code, filename: bundle, sourceMap } as never,
    ACTIVATION_MS,
    // Any activity.
    new Set(['default']),
  );
}
