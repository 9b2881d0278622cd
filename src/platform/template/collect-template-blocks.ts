import { parseTemplate, templateNodes, type TemplateNode } from './template-tree.ts';

/** One `{{ … }}` of a template: the expression without braces, and where it stands, e.g. `$.body.text`. */
export interface TemplateBlock {
  readonly path: string;
  readonly place: 'key' | 'value';
  readonly expression: string;
}

/** In the order of the template. Texts with unbalanced braces have no blocks; `checkTemplate` names them. */
export function collectTemplateBlocks(template: unknown): readonly TemplateBlock[] {
  return blocksOf(parseTemplate(template));
}

export function blocksOf(tree: TemplateNode): TemplateBlock[] {
  const blocks: TemplateBlock[] = [];
  for (const { node, place } of templateNodes(tree)) {
    if (node.kind === 'value') blocks.push({ path: node.path, place, expression: node.expression });
    if (node.kind === 'text') {
      for (const part of node.parts) {
        if (typeof part !== 'string') blocks.push({ path: node.path, place, expression: part.expression });
      }
    }
  }
  return blocks;
}
