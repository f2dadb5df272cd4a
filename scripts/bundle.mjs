/* node scripts/bundle.mjs [file]: bundles the workflow code, by default to dist/workflow-bundle.js. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import { ROOT } from './setup/steps.mjs';

const target = resolve(process.argv[2] ?? join(ROOT, 'dist/workflow-bundle.js'));
const workflowsPath = join(ROOT, 'src/workflows/index.ts');
const payloadConverterPath = join(ROOT, 'src/temporal/payload-converter.ts');
const { code } = await bundleWorkflowCode({
  workflowsPath,
  payloadConverterPath,
  // Their modules run once in a worker, and not for each workflow: none has a state.
  preloadModules: [workflowsPath, payloadConverterPath],
});
await mkdir(dirname(target), { recursive: true });
await writeFile(target, code);
