import type { JqPool } from '../jq/jq-pool.ts';
import { blocksOf } from './collect-template-blocks.ts';
import { parseTemplate, templateNodes, type TemplateNode } from './template-tree.ts';

export interface TemplateProblem {
  readonly path: string;
  readonly message: string;
  /** When it is one expression that is wrong. */
  readonly expression?: string;
}

/** What can be said about a template before there is anything to evaluate it over. An empty list: nothing. */
export async function checkTemplate(template: unknown, jq: Pick<JqPool, 'check'>): Promise<readonly TemplateProblem[]> {
  const tree = parseTemplate(template);
  const problems = structuralProblems(tree);
  for (const { path, expression } of blocksOf(tree)) {
    const verdict = await jq.check(expression);
    if (!verdict.ok) problems.push({ path, expression, message: verdict.message });
  }
  return problems;
}

function structuralProblems(tree: TemplateNode): TemplateProblem[] {
  const problems: TemplateProblem[] = [];
  for (const { node } of templateNodes(tree)) {
    if (node.kind === 'broken') problems.push({ path: node.path, message: node.message });
    if (node.kind !== 'object') continue;
    for (const { name, key, value } of node.entries) {
      if (key === undefined && ['fixed', 'text', 'array'].includes(value.kind)) {
        problems.push({ path: node.path, message: `The value of ${name.trim()} must be an object` });
      }
    }
  }
  return problems;
}
