import { ApplicationFailure } from '@temporalio/workflow';
import type { Reason } from '../domain/entry';

/** An expected failure: benign, so that no worker logs a warning. */
export function failed(message: string, type: Reason): ApplicationFailure {
  return ApplicationFailure.create({ message, type, nonRetryable: true, category: 'BENIGN' });
}
