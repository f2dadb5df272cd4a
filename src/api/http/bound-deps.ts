import type { AppDeps } from '../deps';

/** What is done once a transaction is committed. */
type Later = () => void;

/**
 * Runs `work` in a transaction, to which the deps that it gets are bound. What it enqueues and nudges takes effect after
 * the commit, not at all if there is none.
 */
export async function transactWith<Deps extends AppDeps, Answer>(
  deps: Deps,
  work: (own: Deps) => Promise<Answer>,
): Promise<Answer> {
  const afterwards: Later[] = [];
  const answer = await deps.db.transaction((tx) => work({ ...deps, ...bound(deps, afterwards), db: tx }));
  afterwards.forEach((act) => act());
  return answer;
}

function bound(deps: AppDeps, afterwards: Later[]): Partial<AppDeps> {
  const later = (act: Later) => () => void afterwards.push(act);
  return {
    enqueue: (item) => void afterwards.push(() => deps.enqueue(item)),
    nudgeSchedules: later(deps.nudgeSchedules),
    nudgeJobs: later(deps.nudgeJobs),
  };
}
