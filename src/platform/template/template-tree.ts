import { findTemplateBlocks } from './find-template-blocks.ts';
import { templatePath } from './template-path.ts';

/** A template read once: what is fixed, what is to be evaluated, and where each part stands. */
export type TemplateNode =
  | { readonly kind: 'fixed'; readonly value: unknown }
  /** One block and nothing around it: the result keeps its type. */
  | { readonly kind: 'value'; readonly path: string; readonly expression: string }
  | { readonly kind: 'text'; readonly path: string; readonly parts: readonly (string | TextBlock)[] }
  | { readonly kind: 'broken'; readonly path: string; readonly message: string }
  | { readonly kind: 'array'; readonly items: readonly TemplateNode[] }
  | { readonly kind: 'object'; readonly path: string; readonly entries: readonly TemplateEntry[] };

export interface TextBlock {
  readonly expression: string;
}

export interface TemplateEntry {
  readonly name: string;
  /** Undefined for `{{ spreadValue() }}`: the value's own entries stand here. */
  readonly key: TemplateNode | undefined;
  readonly value: TemplateNode;
}

const MAX_DEPTH = 64;
const SPREAD = /^\s*\{\{\s*spreadValue\(\s*\)\s*\}\}\s*$/;

export function parseTemplate(template: unknown, path = '$', depth = 0): TemplateNode {
  if (typeof template === 'string') return parseText(template, path);
  if (typeof template !== 'object' || template === null) return { kind: 'fixed', value: template };
  if (depth >= MAX_DEPTH) return { kind: 'broken', path, message: `It is nested more than ${MAX_DEPTH} levels deep` };
  if (Array.isArray(template)) {
    const items = template.map((item, at) => parseTemplate(item, templatePath(path, at), depth + 1));
    return { kind: 'array', items };
  }
  const entries = Object.entries(template).map(([name, value]): TemplateEntry => {
    const inside = templatePath(path, name);
    const key = SPREAD.test(name) ? undefined : parseText(name, inside);
    return { name, key, value: parseTemplate(value, inside, depth + 1) };
  });
  return { kind: 'object', path, entries };
}

function parseText(text: string, path: string): TemplateNode {
  const found = findTemplateBlocks(text);
  if (!found.ok) return { kind: 'broken', path, message: found.message };
  const [first] = found.spans;
  if (!first) return { kind: 'fixed', value: text };
  const trimmed = text.trim();
  if (found.spans.length === 1 && trimmed.startsWith('{{') && trimmed.endsWith('}}')) {
    return { kind: 'value', path, expression: text.slice(first.start, first.end) };
  }
  const parts: (string | TextBlock)[] = [];
  let done = 0;
  for (const { start, end } of found.spans) {
    parts.push(text.slice(done, start - 2), { expression: text.slice(start, end) });
    done = end + 2;
  }
  parts.push(text.slice(done));
  return { kind: 'text', path, parts };
}

/** Every part of the tree, keys before their values. */
export function* templateNodes(
  node: TemplateNode,
  place: 'key' | 'value' = 'value',
): Generator<{ readonly node: TemplateNode; readonly place: 'key' | 'value' }> {
  yield { node, place };
  if (node.kind === 'array') for (const item of node.items) yield* templateNodes(item);
  if (node.kind === 'object') {
    for (const { key, value } of node.entries) {
      if (key) yield* templateNodes(key, 'key');
      yield* templateNodes(value);
    }
  }
}
