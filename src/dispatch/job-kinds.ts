import { enterNextOfList } from '../db/listEntries';
import { LIST_TRIGGER } from '../db/listTriggers';
import { importPage } from './imports';
import type { Page } from './jobs';

/** How each kind of job does a page. */
export const JOB_KINDS: Record<string, Page> = { import: importPage, [LIST_TRIGGER]: enterNextOfList };
