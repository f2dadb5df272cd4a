import { ApplicationFailure } from '@temporalio/workflow';
import type { Reason } from '../domain/entry';

/** An end that Wayhook expects: benign, so that no worker warns of it. */
export function failed(message: string, type: Reason): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nonRetryable: true, category: 'BENIGN' });
}
