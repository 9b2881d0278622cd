import type { WorkflowRun } from './workflow-run.ts';

/** The filters of GitHub's run lists. `status` also takes a conclusion. */
export function filterRuns(runs: readonly WorkflowRun[], query: URLSearchParams): readonly WorkflowRun[] {
  const [status, event, branch, created] = ['status', 'event', 'branch', 'created'].map((name) => query.get(name));
  return runs.filter(
    (run) =>
      (!status || run.status === status || run.conclusion === status) &&
      (!event || event === 'workflow_dispatch') &&
      (!branch || run.ref === branch) &&
      (!created || isInPeriod(run.createdAt, created)),
  );
}

/** GitHub's search syntax for times: `>=T`, `<T`, `A..B`, `*..B`, or a day. */
function isInPeriod(date: Date, period: string): boolean {
  const time = Math.floor(date.getTime() / 1000) * 1000;
  const at = (text: string, otherwise: number): number => (text === '*' ? otherwise : new Date(text).getTime());
  const [from, to] = period.split('..');
  if (from !== undefined && to !== undefined) {
    return time >= at(from, Number.NEGATIVE_INFINITY) && time <= at(to, Number.POSITIVE_INFINITY);
  }
  const [, operator, text = ''] = /^(>=|<=|>|<)?(.*)$/.exec(period) ?? [];
  const limit = new Date(text).getTime();
  switch (operator) {
    case '>=':
      return time >= limit;
    case '>':
      return time > limit;
    case '<=':
      return time <= limit;
    case '<':
      return time < limit;
    default:
      return date.toISOString().startsWith(text);
  }
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly link: string | undefined;
}

/** `page` and `per_page` (30, at most 100), with the `Link` header that clients follow. */
export function pageOf<Item>(all: readonly Item[], query: URLSearchParams, url: string): Page<Item> {
  const size = Math.min(Math.max(Number(query.get('per_page')) || 30, 1), 100);
  const page = Math.max(Number(query.get('page')) || 1, 1);
  const last = Math.max(Math.ceil(all.length / size), 1);
  const to = (number: number, relation: string): string => {
    const target = new URL(url);
    target.search = query.toString();
    target.searchParams.set('page', String(number));
    return `<${target.href}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
    ...(page > 1 ? [to(1, 'first')] : []),
  ];
  return { items: all.slice((page - 1) * size, page * size), link: links.length > 0 ? links.join(', ') : undefined };
}
