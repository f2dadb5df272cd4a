import { defineSearchAttributeKey } from '@temporalio/common';

/* Search attributes that are set from outside a workflow; the namespace has to have them. */

export const JOURNEY_ID = defineSearchAttributeKey('WayhookJourneyId', 'INT');
export const VERSION = defineSearchAttributeKey('WayhookVersion', 'INT');
