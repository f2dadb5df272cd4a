import { defineSearchAttributeKey } from '@temporalio/common';

/* Search attributes that are set from outside a workflow; they must exist in the namespace. */

export const JOURNEY_ID = defineSearchAttributeKey('WayhookJourneyId', 'INT');
export const VERSION = defineSearchAttributeKey('WayhookVersion', 'INT');
