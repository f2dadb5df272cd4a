import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { linter } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import { complete } from './complete';
import { openTags } from './open-tags';
import type { Variable } from './variables';

/** What helps whoever types: loaded when an editor has the focus for the first time. */
export function typingHelp(variables: () => readonly Variable[]): Extension {
  return [
    closeBrackets(),
    autocompletion({ override: [complete(variables)], icons: false }),
    linter(({ state }) => openTags(state.doc), { delay: 300 }),
    keymap.of([...closeBracketsKeymap, ...completionKeymap]),
  ];
}
