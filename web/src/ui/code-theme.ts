import { EditorView } from '@codemirror/view';

/** The code editor in the colours of the page; custom properties reach through the shadow root. */
export const codeTheme = EditorView.theme({
  '&': {
    color: 'var(--q-text)',
    backgroundColor: 'transparent',
    fontSize: '12.5px',
    flex: '1 1 auto',
    minHeight: '0',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--q-mono)', lineHeight: '20px', overflow: 'auto' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--q-text)' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    color: 'var(--q-text-3)',
    border: 'none',
    fontVariantNumeric: 'tabular-nums',
  },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '3px 1px' },
  '.cm-cursor': { borderLeftColor: 'var(--q-text)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--q-accent-soft) !important',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--q-accent-soft) !important' },
  '.cm-placeholder': { color: 'var(--q-text-3)' },
  '.cm-tooltip': {
    border: '1px solid var(--q-line)',
    borderRadius: '8px',
    backgroundColor: 'var(--q-surface)',
    color: 'var(--q-text)',
    boxShadow: 'var(--q-shadow)',
    fontFamily: 'var(--q-font)',
    fontSize: '13px',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--q-mono)', fontSize: '12px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--q-selected)',
    color: 'var(--q-text)',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', color: 'var(--q-accent-text)', fontWeight: '600' },
  '.cm-completionDetail': { color: 'var(--q-text-3)', fontStyle: 'normal', fontFamily: 'var(--q-font)' },
  '.cm-diagnostic': { padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--q-bad-strong)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--q-warn-strong)' },
});
