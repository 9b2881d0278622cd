import type { PipelineProblem } from '../wire.ts';

/** What is wrong with an entry of a list of the document, or with something inside of it. */
export const problemIn = (
  problems: readonly Pick<PipelineProblem, 'path' | 'message'>[],
  start: string,
): string | undefined =>
  problems.find(({ path }) => path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`))?.message;

/** What is wrong with a field of the stage, or with something inside of it. */
export const problemAt = (problems: readonly PipelineProblem[], refId: string, key: string): string | undefined =>
  problems.find((problem) => {
    if (problem.refId !== refId) return false;
    const field = problem.path.replace(/^stages\[\d+\]\./, '');
    return field === key || field.startsWith(`${key}[`) || field.startsWith(`${key}.`);
  })?.message;
