import { isJsonObject } from '../json.ts';
import { describeJqFailure } from '../jq/jq-failure.ts';
import type { JqPool } from '../jq/jq-pool.ts';
import { jqFailure, type JqFailure, type JqResult } from '../jq/jq-result.ts';
import { problem, type Problem } from '../problem.ts';
import { blocksOf } from './collect-template-blocks.ts';
import { cut } from './template-path.ts';
import { parseTemplate, type TemplateEntry, type TemplateNode } from './template-tree.ts';

export interface RenderOptions {
  /** An expression that fails: refused with a problem when strict, null otherwise. */
  readonly strict: boolean;
  /** Code of the problems thrown; `evaluate_invocation_method_error` unless told. */
  readonly code?: string;
  /** Size of the result; 4 Mi characters unless told. */
  readonly maxChars?: number;
}

const MAX_EXPRESSIONS = 1000;
const MAX_CHARS = 4 * 1024 * 1024;

/**
 * The template with every `{{ expression }}` replaced by what jq answers over the context, all in one batch. Undefined
 * when the whole template is one block without a result. A template that is wrong in itself (unbalanced braces, a key
 * that is no text, a spread of something else than an object) is refused in either mode. Problems name the place and
 * the expression, never a value.
 */
export async function renderTemplate(
  template: unknown,
  context: unknown,
  jq: Pick<JqPool, 'evaluateBatch'>,
  options: RenderOptions,
): Promise<unknown> {
  const tree = parseTemplate(template);
  const expressions = [...new Set(blocksOf(tree).map(({ expression }) => expression))];
  const scope: Scope = {
    strict: options.strict,
    code: options.code ?? 'evaluate_invocation_method_error',
    results: new Map(),
    texts: new Map(),
    charsLeft: options.maxChars ?? MAX_CHARS,
  };
  if (expressions.length > MAX_EXPRESSIONS) {
    throw refuse(scope, '$', `The template has more than ${MAX_EXPRESSIONS} different expressions.`);
  }
  if (expressions.length > 0) {
    const [results = []] = await jq.evaluateBatch(expressions, [context]);
    for (const [at, expression] of expressions.entries()) scope.results.set(expression, results[at] ?? UNANSWERED);
  }
  return renderNode(tree, scope);
}

const UNANSWERED = jqFailure('aborted', 'it was not evaluated');

interface Scope {
  readonly strict: boolean;
  readonly code: string;
  readonly results: Map<string, JqResult>;
  /** Results as they are inserted into text. */
  readonly texts: Map<string, string>;
  charsLeft: number;
}

function renderNode(node: TemplateNode, scope: Scope): unknown {
  switch (node.kind) {
    case 'fixed':
      return node.value;
    case 'broken':
      throw refuse(scope, node.path, `${node.message}, at ${node.path}.`);
    case 'value':
      insertedText(node.expression, node.path, scope);
      return valueOf(node.expression, node.path, scope);
    case 'text':
      return node.parts
        .map((part) => (typeof part === 'string' ? part : insertedText(part.expression, node.path, scope)))
        .join('');
    case 'array':
      // What JSON makes of an element that is not there.
      return node.items.map((item) => renderNode(item, scope) ?? null);
    case 'object':
      // Unlike assignment, this makes a key named __proto__ an ordinary one.
      return Object.fromEntries(node.entries.flatMap((entry) => renderEntry(entry, node.path, scope)));
  }
}

function renderEntry(entry: TemplateEntry, path: string, scope: Scope): [string, unknown][] {
  if (!entry.key) {
    const value = renderNode(entry.value, scope);
    if (isJsonObject(value)) return Object.entries(value);
    throw refuse(scope, path, `The value of ${entry.name.trim()} at ${path} must be an object, not ${kindOf(value)}.`);
  }
  const key = renderNode(entry.key, scope);
  if (key === undefined || key === null || key === '') return [];
  if (typeof key !== 'string') {
    const wanted = 'Evaluated object key should be undefined, null or string';
    throw refuse(scope, path, `${wanted}, but ${cut(entry.name, 200)} at ${path} is ${kindOf(key)}.`);
  }
  const value = renderNode(entry.value, scope);
  return value === undefined ? [] : [[key, value]];
}

function valueOf(expression: string, path: string, scope: Scope): unknown {
  const result = scope.results.get(expression) ?? UNANSWERED;
  if (result.ok) return result.value;
  if (scope.strict) throw refuseExpression(scope, path, expression, result);
  return null;
}

/** Also counts it: a short template may repeat a large value many times over. */
function insertedText(expression: string, path: string, scope: Scope): string {
  const value = valueOf(expression, path, scope);
  const text = scope.texts.get(expression) ?? asText(value);
  scope.texts.set(expression, text);
  scope.charsLeft -= text.length;
  if (scope.charsLeft < 0) throw refuse(scope, path, 'The result of the template is too large.');
  return text;
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  // For an expression without a result, the word that Port's own engine inserts.
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

function refuseExpression(scope: Scope, path: string, expression: string, failure: JqFailure): Problem {
  const shown = cut(expression.trim(), 200);
  const verb = failure.reason === 'compile' ? 'does not compile' : 'cannot be evaluated';
  const message = `The expression {{ ${shown} }} at ${path} ${verb}: ${describeJqFailure(failure)}.`;
  return problem('invalid', scope.code, message, { path, expression: shown, reason: failure.reason });
}

function refuse(scope: Scope, path: string, message: string): Problem {
  return problem('invalid', scope.code, message, { path });
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
