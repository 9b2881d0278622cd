import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { ensureSyntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';

type Table = Readonly<Record<string, readonly string[]>>;

/** The keys and the words of a document, by the place they belong to; `*` is any key or place in a list. */
export interface JsonWords {
  readonly keys: Table;
  readonly values: Table;
}

const PARSE_MS = 200;

/** Where a node stands: the keys above it, `*` for places in lists. */
function placeOf(state: EditorState, node: SyntaxNode): readonly string[] {
  const place: string[] = [];
  for (let one: SyntaxNode | null = node; one !== null; one = one.parent) {
    if (one.parent?.name === 'Array') place.unshift('*');
    if (one.name === 'Property' && one !== node) {
      const name = one.firstChild;
      if (name !== null) place.unshift(state.sliceDoc(name.from + 1, name.to - 1));
    }
  }
  return place;
}

/** Matches a place with patterns; those without a star come first in the tables. */
function wordsFor(table: Table, place: readonly string[]): readonly string[] {
  const exact = table[place.join('.')];
  if (exact !== undefined) return exact;
  const found = Object.entries(table).find(([pattern]) => {
    const parts = pattern.split('.');
    return parts.length === place.length && parts.every((part, index) => part === '*' || part === place[index]);
  });
  return found?.[1] ?? [];
}

/** Keys and words of a document, offered while a text in quotes is typed. */
export function jsonCompletion({ keys, values }: JsonWords): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const { state, pos } = context;
    const node = ensureSyntaxTree(state, pos, PARSE_MS)?.resolveInner(pos, -1);
    if (node === undefined) return null;
    const isKey = node.name === 'PropertyName';
    if (!isKey && node.name !== 'String') return null;
    const property = isKey ? node.parent : node;
    if (property === null) return null;
    const words = isKey ? wordsFor(keys, placeOf(state, property)) : wordsFor(values, placeOf(state, node));
    if (words.length === 0) return null;
    const options = words.map((word): Completion => ({ label: `"${word}"`, type: isKey ? 'property' : 'constant' }));
    return { from: node.from, to: node.to, options, validFor: /^"[\w-]*"?$/ };
  };
}
