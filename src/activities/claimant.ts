import { activityInfo } from '@temporalio/activity';
import type { Claimant, Owner } from '../db/entries/entries';
import type { DeliverInput } from './contract';

/** The input of a tile's activity, with the workflow that runs it. */
export type TileInput = DeliverInput & Claimant;

/**
 * The input of an activity with the workflow that runs it, from Temporal: an argument made by hand may name any entry,
 * but not this.
 */
export function claimantOf<Input extends Owner>(input: Input): Input & Claimant {
  // An activity that was started on its own, by hand, has no workflow, and so may claim no entry.
  return { ...input, workflowId: activityInfo().workflowExecution?.workflowId ?? '' };
}
