import { useEffect, useRef } from 'react';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { Annotation, Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { type TemplateLanguage, templateLanguage } from './language';
import { openTags } from './open-tags';
import type { Variable } from './variables';

interface EditorProps {
  value: string;
  onChange: (value: string) => void;
  language: TemplateLanguage;
  /** One line: a line break cannot be typed, and a pasted one becomes a space. */
  isLine: boolean;
  variables: readonly Variable[];
  placeholder: string | undefined;
  isReadOnly: boolean;
  /** Names and states of the text box, such as `aria-labelledby`. */
  attributes: Record<string, string>;
  /** Receives what inserts a text at the cursor. */
  inserter: React.RefObject<((text: string) => void) | undefined>;
}

/** The nonce that the server put into this page for styles that scripts make. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/** Marks a text that nobody typed: the page itself has put it there. */
const fromOutside = Annotation.define<boolean>();

const oneLine = [
  EditorState.transactionFilter.of((transaction) =>
    transaction.newDoc.lines === 1
      ? transaction
      : [transaction, { changes: lineBreaksOf(transaction.newDoc.toString()), sequential: true }],
  ),
  keymap.of([{ key: 'Enter', run: () => true }]),
];

function lineBreaksOf(text: string) {
  return [...text.matchAll(/\n/g)].map(({ index }) => ({ from: index, to: index + 1, insert: ' ' }));
}

/** Once an editor has had the focus. */
let typing: typeof import('./typing-help') | undefined;

/** The editor itself: a chunk of its own, as CodeMirror is large. Tab leaves it, as in any field. */
export default function Editor(props: EditorProps) {
  const { value, attributes, isReadOnly, inserter } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const changing = useRef({
    ...{ attributes: new Compartment(), isReadOnly: new Compartment(), help: new Compartment() },
  });

  useEffect(() => {
    const { language, isLine, value: first } = latest.current;
    const { attributes: named, isReadOnly: locked, help } = changing.current;
    const variables = () => latest.current.variables;
    const created = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: first,
        // What is inserted before the field was entered belongs at its end.
        selection: { anchor: isLine ? first.length : 0 },
        extensions: [
          EditorView.cspNonce.of(nonce()),
          named.of([]),
          locked.of([]),
          templateLanguage(language),
          isLine ? oneLine : [lineNumbers(), EditorView.lineWrapping],
          placeholder(latest.current.placeholder ?? ''),
          // Before the other keys: Backspace takes an empty pair of brackets whole.
          help.of(typing?.typingHelp(variables) ?? []),
          editing,
          EditorView.domEventHandlers({ focus: () => loadHelp() }),
          EditorView.updateListener.of(({ docChanged, state, transactions }) => {
            if (!docChanged || transactions.some((change) => change.annotation(fromOutside))) return;
            latest.current.onChange(state.doc.toString());
          }),
        ],
      }),
    });
    let hasHelp = typing !== undefined;
    function give(part: NonNullable<typeof typing>) {
      typing = part;
      created.dispatch({ effects: help.reconfigure(part.typingHelp(variables)) });
    }
    function loadHelp() {
      if (hasHelp) return;
      hasHelp = true;
      if (typing !== undefined) give(typing);
      else void import('./typing-help').then(give, () => (hasHelp = false));
    }
    // There is something to mark at once.
    if (openTags(created.state.doc).length > 0) loadHelp();
    view.current = created;
    inserter.current = (text) => insert(created, text);
    return () => created.destroy();
  }, [inserter]);

  const facts = JSON.stringify(attributes);
  useEffect(() => {
    const { attributes: named, isReadOnly: locked } = changing.current;
    view.current!.dispatch({
      effects: [
        named.reconfigure(EditorView.contentAttributes.of(JSON.parse(facts) as Record<string, string>)),
        locked.reconfigure([EditorState.readOnly.of(isReadOnly), EditorView.editable.of(!isReadOnly)]),
      ],
    });
  }, [facts, isReadOnly]);

  useEffect(() => {
    const { doc } = view.current!.state;
    if (doc.toString() !== value) {
      view.current!.dispatch({
        changes: { from: 0, to: doc.length, insert: value },
        annotations: fromOutside.of(true),
      });
    }
  }, [value]);

  return <div ref={host} />;
}

const editing = [
  history(),
  drawSelection(),
  bracketMatching(),
  keymap.of([...historyKeymap, ...defaultKeymap]),
];

function insert(view: EditorView, text: string): void {
  view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true });
  // The menu that this was chosen from gives the focus back to its button, in the frame after it closes.
  requestAnimationFrame(() => requestAnimationFrame(() => view.focus()));
}
