/* node scripts/run.mjs server|worker|migrate|probe-limits|import|export|simulate|invite: runs one part of the program in this process. */
import './setup/node-version.mjs';

import('./setup/tasks.mjs').then(({ runPart }) => runPart(process.argv[2]));
