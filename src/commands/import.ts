import { openClient } from './client';
import { watchJob, importOptions, upload } from './upload';
import { ConfigError } from '../config';
import { runProcess } from '../runtime/process';

/** Imports a file of users into a running Wayhook, and waits for the job to end. */
runProcess(async ({ config, undo }) => {
  const options = importOptions();
  const client = openClient(config);
  let jobId: string | undefined;
  let isOver = false;
  // Ctrl-C ends the command, not the job.
  undo.add(() => {
    if (isOver) return;
    throw new ConfigError(
      jobId === undefined
        ? 'The upload was interrupted. Nothing is imported unless the whole file had arrived: see GET /api/jobs.'
        : `The job continues. To see it: curl ${client.url}/api/jobs/${jobId} -H "Api-Key: …"`,
    );
  });
  const work = async () => {
    try {
      jobId = await upload(client, options);
      console.log(`The file has arrived: ${jobId}.`);
      await watchJob(client, jobId, options.refused);
    } finally {
      isOver = true;
    }
  };
  return { ended: work() };
});
