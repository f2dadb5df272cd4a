import { z } from 'zod';
import { boundedList } from '../../bounded-list';
import { COMMON, Next, WayName } from './fields';

const ALL = 100;
const MOST_BRANCHES = 10;

const AbBranch = z
  .strictObject({
    name: WayName,
    /** In per cent; 0 takes no new users. */
    weight: z.int().min(0).max(ALL),
    next: Next,
    /** Leads to the exit: those who get nothing, to compare with. */
    holdout: z.boolean().optional(),
  })
  .refine(({ holdout, next }) => !holdout || next === undefined || next === 'exit', {
    path: ['next'],
    message: 'A holdout leads to the exit. Leave next out.',
  });

/** Sends shares of the users different ways, each user always the same (docs/branching.md). */
export const AbSplitTile = z
  .strictObject({
    ...COMMON,
    type: z.literal('abSplit'),
    branches: boundedList(AbBranch, MOST_BRANCHES, 2),
    /** Splits with the same key send a user to branches of the same name. */
    key: z.string().trim().min(1).max(100).optional(),
  })
  .superRefine(({ branches }, context) => {
    const names = branches.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const message = `Another branch is called “${name}”. Give this one another name.`;
      context.addIssue({ code: 'custom', path: ['branches', index, 'name'], message });
    }
    const sum = branches.reduce((total, { weight }) => total + weight, 0);
    if (sum === ALL) return;
    const message = `The weights of the branches add up to ${sum}. Let them add up to ${ALL}.`;
    context.addIssue({ code: 'custom', path: ['branches'], message });
  });
export type AbSplitTile = z.infer<typeof AbSplitTile>;

/** What the branch of a user is kept under: the tile's own key, or else its journey and id. */
export function splitKeyOf({ key, id }: AbSplitTile, journeyId: number): string {
  return key ?? `${journeyId}/${id}`;
}

/** The branch for a new user: `share` is a number from 0 to 99 that is always the same for this user and key. */
export function branchAt({ branches }: AbSplitTile, share: number): string {
  let reached = 0;
  for (const { name, weight } of branches) {
    reached += weight;
    if (share < reached) return name;
  }
  return branches[0]!.name;
}
