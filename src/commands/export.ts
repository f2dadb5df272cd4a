import { openClient } from './client';
import { download, exportOptions } from './download';
import { runProcess } from '../runtime/process';

/** Writes the users of a Wayhook that runs to a file or to standard output. */
runProcess(async ({ config }) => ({ ended: download(openClient(config), exportOptions()) }));
