import { HighlightStyle, StreamLanguage, type StringStream, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import { HELPERS } from './helpers';

/*
 * Text or JSON in which {{tags}} may stand anywhere, in a string or bare. A grammar of JSON calls `{"age": {{age}}}`
 * broken, so this reads tokens instead of a tree; whether the result is JSON is for the server to judge.
 */

interface State {
  isInString: boolean;
  isInTag: boolean;
  /** What ends the tag. */
  end: '}}' | '}}}';
  /** The next word of the tag may name a helper. */
  isHelperNext: boolean;
}

const names = new Set(HELPERS.map(({ name }) => name));

function openTag(stream: StringStream, state: State): boolean {
  if (!stream.match(/^\{\{\{?/)) return false;
  state.isInTag = true;
  state.end = stream.current() === '{{{' ? '}}}' : '}}';
  state.isHelperNext = true;
  return true;
}

function tagToken(stream: StringStream, state: State): string | null {
  if (stream.match(state.end) || stream.match(`~${state.end}`)) {
    state.isInTag = false;
    return 'brace';
  }
  if (stream.match(/^!--.*?--(?=\}\})/) || stream.match(/^![^}]*/)) return 'comment';
  if (stream.eatSpace()) return null;
  if (stream.match(/^[#/^&~]/)) return 'keyword';
  if (stream.match(/^(?:"[^"]*"|'[^']*')/)) return 'string';
  if (stream.match(/^-?\d+(\.\d+)?/)) return 'number';
  if (stream.match(/^(else|as|true|false|null)\b/)) return 'keyword';
  if (
    stream.match(/^(?:@|\.\.\/)*[\p{L}_$](?:[\p{L}\p{N}_$.-]|\[[^\]]*\])*/u) ||
    stream.match(/^\[[^\]]*\]/)
  ) {
    const isHelper = state.isHelperNext && names.has(stream.current());
    state.isHelperNext = false;
    return isHelper ? 'function' : 'variable';
  }
  if (stream.match(/^[()=|]/)) {
    state.isHelperNext = stream.current() === '(';
    return 'punctuation';
  }
  stream.next();
  return 'invalid';
}

function textToken(stream: StringStream, state: State): string | null {
  if (openTag(stream, state)) return 'brace';
  stream.next();
  stream.match(/^[^{]+/);
  return null;
}

function jsonToken(stream: StringStream, state: State): string | null {
  if (openTag(stream, state)) return 'brace';
  if (state.isInString) return stringToken(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.match(/^"(?:[^"\\{]|\\.|\{(?!\{))*"(?=\s*:)/)) return 'propertyName';
  if (stream.eat('"')) {
    state.isInString = true;
    return stringToken(stream, state);
  }
  if (stream.match(/^-?\d+(\.\d+)?([eE][+-]?\d+)?/)) return 'number';
  if (stream.match(/^(true|false|null)\b/)) return 'atom';
  if (stream.match(/^[{}[\],:]/)) return 'punctuation';
  stream.next();
  return 'invalid';
}

function stringToken(stream: StringStream, state: State): string {
  while (!stream.eol() && !stream.match(/^\{\{/, false)) {
    const character = stream.next();
    if (character === '\\') stream.next();
    else if (character === '"') {
      state.isInString = false;
      break;
    }
  }
  return 'string';
}

const tokenTable = {
  brace: tags.brace,
  propertyName: tags.propertyName,
  string: tags.string,
  number: tags.number,
  atom: tags.atom,
  punctuation: tags.punctuation,
  invalid: tags.invalid,
  keyword: tags.keyword,
  variable: tags.variableName,
  function: tags.function(tags.variableName),
  comment: tags.comment,
};

/** Classes of our own style sheet, so that only the editor's skeleton needs a style of its own. */
const colours = HighlightStyle.define([
  { tag: tags.propertyName, class: 'tpl-key' },
  { tag: tags.string, class: 'tpl-string' },
  { tag: [tags.number, tags.atom], class: 'tpl-number' },
  { tag: tags.brace, class: 'tpl-tag' },
  { tag: tags.variableName, class: 'tpl-variable' },
  { tag: [tags.function(tags.variableName), tags.keyword], class: 'tpl-helper' },
  { tag: tags.comment, class: 'tpl-comment' },
  { tag: tags.invalid, class: 'tpl-invalid' },
]);

export type TemplateLanguage = 'json' | 'text';

function define(language: TemplateLanguage) {
  const outside = language === 'json' ? jsonToken : textToken;
  return StreamLanguage.define<State>({
    name: `handlebars-${language}`,
    startState: () => ({ isInString: false, isInTag: false, end: '}}', isHelperNext: false }),
    copyState: (state) => ({ ...state }),
    token: (stream, state) => (state.isInTag ? tagToken(stream, state) : outside(stream, state)),
    languageData: { closeBrackets: { brackets: language === 'json' ? ['[', '{', '"', '('] : ['{'] } },
    tokenTable,
  });
}

const LANGUAGES = { json: define('json'), text: define('text') };

export function templateLanguage(language: TemplateLanguage): Extension {
  return [LANGUAGES[language], syntaxHighlighting(colours)];
}
