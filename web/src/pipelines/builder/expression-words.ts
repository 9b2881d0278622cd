import type { Fields, PipelineDocument } from '../wire.ts';

/** Something an expression may speak of. */
export interface ExpressionWord {
  readonly text: string;
  /** What kind of thing it is; a key of `expression.word`. */
  readonly kind: 'parameter' | 'stage' | 'variable' | 'trigger' | 'execution' | 'user';
}

const isPlain = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);
const at = (root: string, name: string): string => (isPlain(name) ? `${root}.${name}` : `${root}["${name}"]`);

/** Stages that `refId` comes after, near or far. */
function stagesBefore({ stages }: PipelineDocument, refId: string): ReadonlySet<string> {
  const byId = new Map(stages.map((stage) => [stage.refId, stage]));
  const found = new Set<string>();
  const open = [...(byId.get(refId)?.requisiteStageRefIds ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(byId.get(next)?.requisiteStageRefIds ?? []));
  }
  return found;
}

/** What an expression of a stage may speak of, the likeliest first. */
export function expressionWords(document: PipelineDocument, refId: string): readonly ExpressionWord[] {
  const before = stagesBefore(document, refId);
  const earlier = document.stages.filter((stage) => before.has(stage.refId));
  return [
    ...(document.parameterConfig ?? [])
      .filter(({ name }) => name !== '')
      .map(({ name }): ExpressionWord => ({ text: at('.parameters', name), kind: 'parameter' })),
    ...earlier
      .filter(({ type }) => type === 'evaluateVariables')
      .flatMap(({ variables }) => (Array.isArray(variables) ? (variables as Fields[]) : []))
      .map(({ key }) => (typeof key === 'string' ? key : ''))
      .filter((key) => key !== '')
      .map((key): ExpressionWord => ({ text: at('.vars', key), kind: 'variable' })),
    ...earlier.flatMap(({ name, type }) =>
      ['status', 'outputs', ...(type === 'manualJudgment' ? ['context.judgmentInput'] : [])].map(
        (part): ExpressionWord => ({ text: `.stages["${name}"].${part}`, kind: 'stage' }),
      ),
    ),
    { text: '.user', kind: 'user' },
    ...['number', 'id', 'application', 'name'].map((key): ExpressionWord => ({
      text: `.execution.${key}`,
      kind: 'execution',
    })),
    ...['type', 'user', 'payload'].map((key): ExpressionWord => ({ text: `.trigger.${key}`, kind: 'trigger' })),
  ];
}

/** Where the word before the cursor begins; undefined where no expression is. */
export function wordStart(kind: 'program' | 'template', before: string): number | undefined {
  if (kind === 'template') {
    const open = before.lastIndexOf('{{');
    if (open === -1 || before.lastIndexOf('}}') > open) return undefined;
  }
  const word = /\.[\w.]*(?:\["[^"]*"?\]?[\w.]*)*$/.exec(before)?.[0];
  return word === undefined ? undefined : before.length - word.length;
}

/** The words that go on with what is typed. */
export const fittingWords = (words: readonly ExpressionWord[], typed: string): readonly ExpressionWord[] => {
  const wanted = typed.toLowerCase();
  return words.filter(({ text }) => text !== typed && text.toLowerCase().includes(wanted.slice(1)));
};
