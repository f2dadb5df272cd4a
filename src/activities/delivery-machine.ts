import { setTimeout as pause } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { AttemptKey, DeliveryState } from '../db/deliveries/deliveries';
import type { Reason } from '../domain/entry';
import { classify } from '../webhook/outcome';
import { send } from '../webhook/send';
import { type CountAttempt, responseLog } from './attempt-log';
import type { Captured } from './capture';
import type { RequestBudget, TokenRef, UnsavedResult } from './contract';
import { type Decision, decide, pauseAfter, restOfPause, underWayFor, withRequestCount } from './decide';
import {
  activityTime,
  type AttemptState,
  initialState,
  notDueYet,
  retryable,
  unauthorized,
  withState,
} from './failures';
import type { NothingToSend, LoadedDelivery, PreparedRequest } from './loaded-delivery';
import { isRefusedEarly } from './tokens';

type Delivered = { kind: 'delivered' };

interface DeliveryMachineDeps {
  /** The guarded agent: every outgoing request goes through it. */
  agent: Dispatcher;
  count: CountAttempt;
}

/**
 * The state machine of every delivery, of a tile or of an event: load it; save the result that an outage left unsaved;
 * close it if its budget is spent; else prepare a request, open its attempt, send, classify, decide, close the attempt
 * and report to the workflow. This is one execution of its activity: it sends one request at most.
 */
export function runDelivery<Answer>(
  deps: DeliveryMachineDeps,
  budget: RequestBudget,
  load: () => Promise<LoadedDelivery<Answer> | NothingToSend<Answer>>,
): Promise<Answer | Delivered> {
  const state = initialState(budget);
  return withState(state, async () => {
    const delivery = await loadWhenAlone(load, state);
    if (delivery.kind === 'nothingToSend') return delivery.answer;
    const { progress } = delivery;
    if (progress?.status === 'delivered') return delivery.delivered?.() ?? { kind: 'delivered' };
    if (progress?.status === 'failed') throw delivery.gaveUp(progress.reason!, progress.detail!);
    return resume(deps, delivery, stateAfterLoading(progress, state));
  });
}

const LOOK_AGAIN_MS = 1_000;

/**
 * Loads the delivery, again and again while a request of an earlier execution may be under way. That one may still
 * answer: its worker may live, and only be unknown to Temporal.
 */
async function loadWhenAlone<Answer>(
  load: () => Promise<LoadedDelivery<Answer> | NothingToSend<Answer>>,
  { unsavedResult }: AttemptState,
): Promise<LoadedDelivery<Answer> | NothingToSend<Answer>> {
  // With time skipping, Temporal's clock is ahead of this machine's.
  const aheadMs = activityTime() - Date.now();
  for (;;) {
    const delivery = await load();
    if (delivery.kind === 'nothingToSend') return delivery;
    const waitMs = underWayFor(delivery.progress, unsavedResult, Date.now() + aheadMs);
    if (waitMs === 0) return delivery;
    await pause(Math.min(waitMs, LOOK_AGAIN_MS));
  }
}

/** Saves the unsaved result, if there is one, and sends the next request unless that result is final. */
async function resume<Answer>(
  deps: DeliveryMachineDeps,
  delivery: LoadedDelivery<Answer>,
  state: AttemptState,
): Promise<Answer | Delivered> {
  const { attemptsUsed, unsavedResult } = state;
  if (!unsavedResult) return withState(state, () => sendNext(deps, delivery, attemptsUsed));
  const decision = await withState(state, () => save(delivery, attemptsUsed, unsavedResult));
  if (decision.kind !== 'retry') return answerOrThrow(delivery, decision, unsavedResult.token);
  // The workflow has waited for the retry while the database was away.
  const saved = { attemptsUsed: decision.attemptsUsed };
  return withState(saved, () => sendNext(deps, delivery, saved.attemptsUsed));
}

async function sendNext<Answer>(
  deps: DeliveryMachineDeps,
  delivery: LoadedDelivery<Answer>,
  attemptsUsed: number,
): Promise<Answer | Delivered> {
  // Two executions at once, one of them taken for lost, can spend more than the server's policy knows of.
  if (attemptsUsed >= delivery.rules.maxRequests) {
    const detail = withRequestCount('No request succeeded.', attemptsUsed);
    return fail(delivery, delivery.progress!.lastRetryReason!, detail);
  }
  const restMs = restOfPause(delivery.progress, activityTime());
  if (restMs !== undefined) throw notDueYet(attemptsUsed, restMs);
  const prepared = await delivery.prepare();
  switch (prepared.kind) {
    case 'nothingToSend':
      return prepared.answer;
    case 'unsendable':
      return fail(delivery, prepared.reason, prepared.detail);
    case 'request':
      return attempt(deps, delivery, attemptsUsed, prepared);
  }
}

async function fail<Answer>(
  delivery: LoadedDelivery<Answer>,
  reason: Reason,
  detail: string,
): Promise<Answer> {
  if (!(await delivery.closeFailed(reason, detail))) return delivery.superseded();
  throw delivery.gaveUp(reason, detail);
}

/** Opens the attempt's row, sends, and closes the row: after a crash in between the row stays open, as it should. */
async function attempt<Answer>(
  { agent, count }: DeliveryMachineDeps,
  delivery: LoadedDelivery<Answer>,
  attemptsUsed: number,
  { request, options, needsBody, token, sentSecrets, openAttempt, capture }: PreparedRequest,
): Promise<Answer | Delivered> {
  const number = (delivery.progress?.lastNumber ?? 0) + 1;
  const opened = await openAttempt(attemptKey(delivery, number), activityTime());
  if (!opened) return delivery.superseded();
  const answer = await send(agent, request, options);
  const classified = classify(answer, { refreshOn: token?.refreshOn ?? [], needsBody });
  const { outcome, captured } = capture ? await capture(classified, answer) : { outcome: classified };
  const { durationMs } = answer;
  count(outcome, durationMs);
  const result: UnsavedResult = {
    number,
    outcome,
    status: answer.kind === 'response' ? answer.status : null,
    durationMs,
    ...(token && { token: token.ref, refusedEarly: isRefusedEarly(token, outcome, activityTime()) }),
  };
  const decision = await withState(stateAfterAnswer(delivery, attemptsUsed, result, captured), () =>
    save(delivery, attemptsUsed, result, responseLog(answer, sentSecrets), captured),
  );
  return answerOrThrow(delivery, decision, token?.ref);
}

/** The database is the authority: it knows the requests spent, and whether the unsaved result was saved after all. */
function stateAfterLoading(progress: DeliveryState | null, { unsavedResult }: AttemptState): AttemptState {
  const attemptsUsed = progress?.attemptsUsed ?? 0;
  const isUnsaved = unsavedResult && progress?.open.some(({ number }) => number === unsavedResult.number);
  return isUnsaved ? { attemptsUsed, unsavedResult } : { attemptsUsed };
}

/** What is captured must not enter history. If it cannot be saved, the request is made again. */
function stateAfterAnswer(
  { rules }: LoadedDelivery<unknown>,
  attemptsUsed: number,
  result: UnsavedResult,
  captured: Captured | undefined,
): AttemptState {
  const unsavedResult = captured === undefined ? result : undefined;
  return {
    attemptsUsed,
    unsavedResult,
    retryInMs: pauseAfter(decide(rules, attemptsUsed, result)),
  };
}

/** What follows from a saved result; nothing where the entry that it was to end had ended otherwise. */
type Saved = Decision | { kind: 'endedOtherwise' };

/** Saves a result and returns what follows from it. */
async function save(
  delivery: LoadedDelivery<unknown>,
  attemptsUsed: number,
  unsaved: UnsavedResult,
  log = responseLog(undefined),
  captured?: Captured,
): Promise<Saved> {
  const at = activityTime();
  const decision = await inOpenHours(delivery, decide(delivery.rules, attemptsUsed, unsaved), at);
  const end = decision.kind === 'close' ? decision.end : undefined;
  const pauseMs = pauseAfter(decision);
  const nextAttemptAt = pauseMs === undefined ? null : at + pauseMs;
  const result = { ...unsaved, ...log, nextAttemptAt };
  const saved = await delivery.closeAttempt(
    attemptKey(delivery, unsaved.number),
    { result, end, captured },
    at,
  );
  return saved ? decision : { kind: 'endedOtherwise' };
}

/** A retry that would come in hours in which nothing may be sent comes when they have passed. */
async function inOpenHours(
  { notBefore }: LoadedDelivery<unknown>,
  decision: Decision,
  at: number,
): Promise<Decision> {
  if (decision.kind !== 'retry' || !notBefore) return decision;
  const dueAt = at + pauseAfter(decision)!;
  const opensAt = await notBefore(dueAt);
  return opensAt > dueAt ? { ...decision, nextDelayMs: opensAt - at } : decision;
}

function attemptKey({ id, progress }: LoadedDelivery<unknown>, number: number): AttemptKey {
  return { deliveryId: id, generation: progress?.generation ?? 1, number };
}

/** Reports a saved decision to the workflow: an answer for a success, else the failure that fits. */
async function answerOrThrow<Answer>(
  { gaveUp, delivered, superseded }: LoadedDelivery<Answer>,
  decision: Saved,
  token: TokenRef | undefined,
): Promise<Answer | Delivered> {
  switch (decision.kind) {
    case 'endedOtherwise':
      return superseded();
    case 'refresh':
      throw unauthorized(token!, decision.attemptsUsed);
    case 'retry':
      throw retryable(decision.detail, decision.nextDelayMs);
    case 'close': {
      const { status, reason, detail } = decision.end;
      if (status === 'failed') throw gaveUp(reason!, detail!);
      return delivered?.() ?? { kind: 'delivered' };
    }
  }
}
