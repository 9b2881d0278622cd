import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type CompletionSource,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json, jsonParseLinter } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, linter, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder as placeholderText } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react';
import { codeTheme } from './code-theme.ts';
import classes from './json-editor.module.css';
import { rangeOf } from './json-position.ts';

/** Something to say about the value at a path. */
export interface JsonNote {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly severity?: 'error' | 'warning';
}

interface JsonEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What the text is, for those who do not see the page. */
  readonly label: string;
  readonly notes?: readonly JsonNote[];
  readonly complete?: CompletionSource | undefined;
  readonly placeholder?: string;
  /** Pixels; grows with the text in between. */
  readonly minHeight?: number;
  readonly maxHeight?: number;
}

/** JSON as text, with colours, folding of mistakes into the line they are in, and completion. Tab leaves it. */
export function JsonEditor(props: JsonEditorProps) {
  const { value, notes, minHeight = 120, maxHeight = 520 } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const current = useRef(props);
  useLayoutEffect(() => {
    current.current = props;
  });
  useEffect(() => {
    const place = host.current;
    if (place === null) return undefined;
    // Within a shadow root the editor's styles are adopted sheets, which the content security policy lets pass.
    const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
    const created = new EditorView({
      root,
      parent: root,
      state: EditorState.create({ doc: current.current.value, extensions: extensionsFor(current) }),
    });
    view.current = created;
    return () => created.destroy();
  }, []);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);
  const said = JSON.stringify(notes ?? []);
  useEffect(() => {
    const editor = view.current;
    // The linter itself looks again only when the text changes.
    if (editor === undefined) return;
    editor.dispatch(setDiagnostics(editor.state, diagnostics(editor, JSON.parse(said) as readonly JsonNote[])));
  }, [said]);
  return <div ref={host} className={classes['editor']} style={{ minHeight, maxHeight }} data-json-editor />;
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--q-accent-text)' },
  { tag: tags.string, color: 'var(--q-text)' },
  { tag: tags.number, color: 'var(--q-busy)' },
  { tag: [tags.bool, tags.null], color: 'var(--q-warn)' },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: 'var(--q-text-3)' },
]);

function extensionsFor(current: RefObject<JsonEditorProps>): Extension {
  const { label, placeholder } = current.current;
  return [
    json(),
    lineNumbers(),
    history(),
    bracketMatching(),
    closeBrackets(),
    indentOnInput(),
    EditorView.lineWrapping,
    autocompletion({ override: [(context) => current.current.complete?.(context) ?? null], icons: false }),
    linter((view) => diagnostics(view, current.current.notes ?? []), { delay: 150 }),
    lintGutter(),
    syntaxHighlighting(colours),
    codeTheme,
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
    placeholder === undefined ? [] : placeholderText(placeholder),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) current.current.onChange(update.state.doc.toString());
    }),
  ];
}

const parse = jsonParseLinter();

function diagnostics(view: EditorView, notes: readonly JsonNote[]): Diagnostic[] {
  const broken = view.state.doc.toString().trim() === '' ? [] : parse(view);
  if (broken.length > 0) return broken;
  return notes.map(({ path, message, severity = 'error' }) => ({ ...rangeOf(view.state, path), message, severity }));
}
