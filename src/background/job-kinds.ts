import { startListPage } from '../db/entries/list-page';
import { EXIT, exitPage } from '../db/entries/exits/exit-page';
import { LIST_TRIGGER } from '../db/entries/list-trigger';
import { importPage } from './import-page';
import type { Page } from './jobs';

/** How each kind of job does a page. */
export const JOB_KINDS: Record<string, Page> = {
  import: importPage,
  [LIST_TRIGGER]: startListPage,
  [EXIT]: exitPage,
};
