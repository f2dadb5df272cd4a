import { openClient } from './client';
import { download, exportOptions } from './download';
import { runProcess } from '../runtime/process';

/** Exports the users of a running Wayhook to a file or to standard output. */
runProcess(async ({ config }) => ({ ended: download(openClient(config), exportOptions()) }));
