import { openClient } from './commands/client';
import { download, exportOptions } from './commands/export';
import { runProcess } from './parts/process';

/** Writes the users of a Wayhook that runs to a file or to standard output. */
runProcess(async ({ config }) => ({ ended: download(openClient(config), exportOptions()) }));
