import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { HELPERS } from './helpers';
import type { Variable } from './variables';

const helpers: Completion[] = HELPERS.map(({ name, isBlock, info }) => ({
  label: name,
  type: 'function',
  detail: isBlock ? 'block' : 'helper',
  info,
}));

/** A tag may be longer; one that is being typed is not. */
const LOOK_BACK = 500;

/** Offers variables and helpers, but only inside a tag. */
export function complete(variables: () => readonly Variable[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const { state, pos, explicit } = context;
    const before = state.sliceDoc(Math.max(0, pos - LOOK_BACK), pos);
    const open = before.lastIndexOf('{{');
    if (open < 0 || before.includes('}}', open)) return null;
    if (!explicit && isInText(before.slice(open))) return null;
    const word = context.matchBefore(/[\p{L}\p{N}_.@[\]]*$/u);
    const options = [...variables().map(optionOf), ...helpers];
    return { from: word?.from ?? pos, options, validFor: /^[\p{L}\p{N}_.@[\]]*$/u };
  };
}

/** Whether a text argument is open: `{{dateFormat day "yy`. */
function isInText(tag: string): boolean {
  return /^(?:[^"']|"[^"]*"|'[^']*')*["'][^"']*$/.test(tag);
}

function optionOf({ path, from, sample }: Variable): Completion {
  return {
    label: path,
    type: 'variable',
    detail: from,
    boost: 1,
    ...(sample !== undefined && { info: `Such as ${sample}` }),
  };
}
