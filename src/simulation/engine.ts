import type { Payload } from '@temporalio/common';
import { payloadConverter } from '../temporal/payload-converter';
import { type RunParts, WorkflowRun } from './workflow-run';

/** Stands for Temporal: starts workflows and signals them. */
export interface Engine {
  start: (workflowType: string, workflowId: string, argument: unknown) => void;
  /** Does nothing where no such workflow runs. */
  signal: <Argument>(workflowId: string, name: string, argument: Argument) => void;
}

export function createEngine(parts: Omit<RunParts, 'closed'>): Engine {
  const runs = new Map<string, WorkflowRun>();
  let started = 0;
  const begin = (
    workflowType: string,
    workflowId: string,
    given: Payload[],
    continued?: { firstRunId: string; fromRunId: string },
  ) => {
    const runId = `run-${(started += 1)}`;
    const start = { workflowId, runId, workflowType, arguments: given, continued };
    runs.set(workflowId, new WorkflowRun({ ...parts, closed }, start));
  };
  const closed: RunParts['closed'] = ({ start, firstRunId }, next) => {
    runs.delete(start.workflowId);
    if (next) begin(start.workflowType, start.workflowId, next, { firstRunId, fromRunId: start.runId });
  };
  return {
    start: (type, id, argument) => begin(type, id, [payloadConverter.toPayload(argument)!]),
    signal: (id, name, argument) => runs.get(id)?.signal(name, [payloadConverter.toPayload(argument)!]),
  };
}
