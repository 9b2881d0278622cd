import { json } from '@codemirror/lang-json';
import { ensureSyntaxTree } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';

export interface TextRange {
  readonly from: number;
  readonly to: number;
}

/** `stages[1].waitTime`, or `/mappings/0/operation` as a checker of schemas writes it, as keys. */
export const pathKeys = (path: string): readonly string[] =>
  path.split(path.startsWith('/') ? '/' : /[.[\]]+/).filter(Boolean);

const PARSE_MS = 200;

/** Where a value stands in JSON text: its key if it has one, else the value. Stops at the last part that exists. */
export function rangeOf(state: EditorState, path: readonly (string | number)[]): TextRange {
  const tree = ensureSyntaxTree(state, state.doc.length, PARSE_MS);
  let node: SyntaxNode | null = tree?.topNode.firstChild ?? null;
  let range: TextRange = { from: node?.from ?? 0, to: Math.min(node?.to ?? 1, (node?.from ?? 0) + 1) };
  for (const part of path) {
    const found: Found | undefined = node === null ? undefined : childOf(state, node, String(part));
    if (found === undefined) break;
    ({ node, range } = found);
  }
  return range;
}

/** The same without an editor. */
export const rangeInText = (text: string, path: readonly (string | number)[]): TextRange =>
  rangeOf(EditorState.create({ doc: text, extensions: [json()] }), path);

interface Found {
  readonly node: SyntaxNode | null;
  readonly range: TextRange;
}

function childOf(state: EditorState, node: SyntaxNode, key: string): Found | undefined {
  if (node.name === 'Object') return propertyOf(state, node, key);
  if (node.name !== 'Array') return undefined;
  const values = node.getChildren('⚠').length > 0 ? [] : valuesOf(node);
  const child = values[Number(key)];
  return child === undefined ? undefined : { node: child, range: { from: child.from, to: child.to } };
}

function propertyOf(state: EditorState, node: SyntaxNode, key: string): Found | undefined {
  for (const property of node.getChildren('Property')) {
    const name = property.firstChild;
    if (name?.name === 'PropertyName' && nameText(state, name) === key) {
      const value = property.lastChild;
      return { node: value === name ? null : value, range: { from: name.from, to: name.to } };
    }
  }
  return undefined;
}

function nameText(state: EditorState, name: SyntaxNode): string | undefined {
  try {
    return JSON.parse(state.sliceDoc(name.from, name.to)) as string;
  } catch {
    return undefined;
  }
}

function valuesOf(node: SyntaxNode): readonly SyntaxNode[] {
  const values: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (!['[', ']', ','].includes(child.name)) values.push(child);
  }
  return values;
}
