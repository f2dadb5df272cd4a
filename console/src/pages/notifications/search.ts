/* What of the notifications is shown, and in which order, as the address has it. */

export const SHOWN = ['unread', 'read', 'all'] as const;
export type Shown = (typeof SHOWN)[number];
export const SORTS = ['updatedAt', 'createdAt', 'level'] as const;
export type Sort = (typeof SORTS)[number];
