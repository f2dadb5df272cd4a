import { type Payload, TypedSearchAttributes } from '@temporalio/common';
import { msNumberToTs, tsToMs } from '@temporalio/common/lib/time';
import type { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm';
import { TASK_QUEUE } from '../workflows/messages';
import { type ActivityParts, ActivityTask } from './activity-task';
import type { Moment } from './clock';
import type { Command, Job, Workflow } from './sdk';

export interface RunStart {
  workflowId: string;
  runId: string;
  workflowType: string;
  arguments: Payload[];
  /** The first run of the chain, and the run that this one continues. */
  continued?: { firstRunId: string; fromRunId: string };
}

export interface RunParts extends ActivityParts {
  workflows: ReusableVMWorkflowCreator;
  /** Called once, when the run is over; `next` are the arguments of the run that continues it, if one does. */
  closed: (run: WorkflowRun, next: Payload[] | undefined) => void;
}

/** The events after which Temporal suggests to continue as new. */
const LONG_HISTORY = 4_096;
/** A workflow task: scheduled, started, completed. */
const TASK_EVENTS = 3;

type CreateOptions = Parameters<ReusableVMWorkflowCreator['createWorkflow']>[0];

/** One run of a workflow: what Temporal's server does for it, in virtual time. */
export class WorkflowRun {
  #workflow: Workflow | undefined;
  #jobs: Job[] = [];
  #task: Moment | undefined;
  #events = 0;
  #isOver = false;
  readonly #timers = new Map<number, Moment>();
  readonly #activities = new Map<number, ActivityTask>();

  constructor(
    private readonly parts: RunParts,
    readonly start: RunStart,
  ) {
    const { workflowId, runId, workflowType, continued } = start;
    this.#add({
      initializeWorkflow: {
        ...{ workflowId, workflowType, arguments: start.arguments, attempt: 1 },
        ...{ firstExecutionRunId: continued?.firstRunId ?? runId },
      },
    });
  }

  get firstRunId(): string {
    return this.start.continued?.firstRunId ?? this.start.runId;
  }

  signal(signalName: string, input: Payload[]): void {
    this.#add({ signalWorkflow: { signalName, input } });
  }

  /** What comes at the same moment is one workflow task. */
  #add(job: Job): void {
    if (this.#isOver) return;
    this.#jobs.push(job);
    const { clock } = this.parts;
    this.#task ??= clock.at(clock.now, () => clock.work(() => this.#activate()));
  }

  async #activate(): Promise<void> {
    this.#task = undefined;
    const jobs = inOrder(this.#jobs.splice(0));
    this.#events += TASK_EVENTS + jobs.length;
    this.#workflow ??= await this.parts.workflows.createWorkflow(this.#options());
    const { runId } = this.start;
    const completion = await this.#workflow.activate({
      ...{ runId, jobs, timestamp: msNumberToTs(this.parts.clock.now), isReplaying: false },
      ...{ historyLength: this.#events, continueAsNewSuggested: this.#events >= LONG_HISTORY },
    });
    const { successful, failed } = completion;
    // On a worker such a task is tried again until newer code takes it.
    if (!successful) throw new Error(`A workflow task failed: ${failed?.failure?.message}`);
    for (const command of successful.commands ?? []) await this.#obey(command);
  }

  async #obey(command: Command): Promise<void> {
    this.#events += 1;
    if (command.startTimer) return this.#startTimer(command.startTimer);
    if (command.cancelTimer) return this.#timers.get(command.cancelTimer.seq!)?.cancel();
    const scheduled = command.scheduleActivity ?? command.scheduleLocalActivity;
    if (scheduled) return this.#schedule(scheduled, Boolean(command.scheduleLocalActivity));
    const cancelled = command.requestCancelActivity ?? command.requestCancelLocalActivity;
    if (cancelled) return this.#activities.get(cancelled.seq!)?.cancel();
    const next = command.continueAsNewWorkflowExecution;
    if (next) return this.#close(next.arguments as Payload[]);
    const isEnd =
      command.completeWorkflowExecution ?? command.failWorkflowExecution ?? command.cancelWorkflowExecution;
    if (isEnd) await this.#close(undefined);
    // The rest is for people who look at Temporal, such as search attributes.
  }

  #startTimer({ seq, startToFireTimeout }: NonNullable<Command['startTimer']>): void {
    const { clock } = this.parts;
    const fire = () => this.#add({ fireTimer: { seq: seq! } });
    this.#timers.set(seq!, clock.at(clock.now + tsToMs(startToFireTimeout), fire));
  }

  #schedule(scheduled: ConstructorParameters<typeof ActivityTask>[2], isLocal: boolean): void {
    const seq = scheduled.seq!;
    const resolve: ConstructorParameters<typeof ActivityTask>[3] = (result) => {
      this.#activities.delete(seq);
      this.#add({ resolveActivity: { seq, result, isLocal } });
    };
    this.#activities.set(seq, new ActivityTask(this.parts, this.start, scheduled, resolve));
  }

  async #close(next: Payload[] | undefined): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#task?.cancel();
    for (const timer of this.#timers.values()) timer.cancel();
    for (const activity of this.#activities.values()) activity.cancel();
    await this.#workflow!.dispose();
    this.parts.closed(this, next);
  }

  #options(): CreateOptions {
    const { workflowId, runId, workflowType, continued } = this.start;
    const startTime = new Date(this.parts.clock.now);
    return {
      info: {
        ...{ workflowId, runId, workflowType, firstExecutionRunId: this.firstRunId },
        ...{ originalExecutionRunId: runId, continuedFromExecutionRunId: continued?.fromRunId },
        ...{ searchAttributes: {}, typedSearchAttributes: new TypedSearchAttributes() },
        ...{ taskQueue: TASK_QUEUE, namespace: 'simulation', startTime, runStartTime: startTime },
        ...{ taskTimeoutMs: 10_000, attempt: 1, historyLength: 0, historySize: 0 },
        ...{ continueAsNewSuggested: false, targetWorkerDeploymentVersionChanged: false },
        unsafe: { isReplaying: false, isReplayingHistoryEvents: false },
      } as unknown as CreateOptions['info'],
      randomnessSeed: [0, 0, 0, 0, 0, 0, 0, 1],
      now: this.parts.clock.now,
      showStackTraceSources: false,
    };
  }
}

/** As a worker gets them: the start, then signals, then the rest. */
function inOrder(jobs: Job[]): Job[] {
  const rank = (job: Job) => (job.initializeWorkflow ? 0 : job.signalWorkflow ? 1 : 2);
  return jobs.toSorted((one, other) => rank(one) - rank(other));
}
