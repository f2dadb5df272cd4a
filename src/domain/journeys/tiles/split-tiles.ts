import { z } from 'zod';
import { boundedList } from '../../bounded-list';
import { When } from '../conditions';
import { COMMON, Next, WayName } from './fields';

/* The tiles that send users different ways (docs/branching.md). */

const MOST_BRANCHES = 10;

/** Two ways: of those whom the condition holds for, and of the others. */
export const YesNoSplitTile = z.strictObject({
  ...COMMON,
  type: z.literal('yesNoSplit'),
  when: When,
  yes: Next,
  no: Next,
});
export type YesNoSplitTile = z.infer<typeof YesNoSplitTile>;

/** The first branch whose condition holds, in their order, or else `otherwise`. */
export const AttributeSplitTile = z
  .strictObject({
    ...COMMON,
    type: z.literal('attributeSplit'),
    branches: boundedList(
      z.strictObject({ name: WayName.optional(), when: When, next: Next }),
      MOST_BRANCHES,
      1,
    ),
    otherwise: Next,
  })
  .superRefine(({ branches }, context) => {
    const ways = branches.map(wayOfBranch);
    for (const [index, way] of ways.entries()) {
      if (way !== OTHERWISE && ways.indexOf(way) === index) continue;
      const message = `Another way of this tile is called “${way}”. Give the branch another name.`;
      context.addIssue({ code: 'custom', path: ['branches', index, 'name'], message });
    }
  });
export type AttributeSplitTile = z.infer<typeof AttributeSplitTile>;

/** The way of a split for users whom no branch is for. */
export const OTHERWISE = 'otherwise';

/** The word for a branch's way: its name, or else its position, from 1. */
export function wayOfBranch({ name }: { name?: string }, index: number): string {
  return name ?? String(index + 1);
}
