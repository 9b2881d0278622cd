import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

interface Change {
  readonly number: number;
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resourceType: string;
  readonly context: {
    readonly blueprint?: string;
    readonly entity?: string;
    readonly run?: string;
    readonly action?: string;
    readonly scorecard?: string;
    readonly page?: string;
  };
}

type Keys = readonly (readonly string[])[];

const people: Keys = [['people'], ['teams'], ['actions', 'offered'], ['audits']];

/** Which cached answers a change of each resource makes stale; keys as in the `api.ts` of each noun. */
const staleBy: Readonly<Record<string, (context: Change['context']) => Keys>> = {
  entity: ({ blueprint, entity }) => [
    ['entities', ...(blueprint === undefined ? [] : [blueprint])],
    ...(blueprint === undefined || entity === undefined
      ? []
      : [
          ['entity', blueprint, entity],
          ['actions', 'offered', blueprint, entity],
        ]),
    ['scorecard-summary', ...(blueprint === undefined ? [] : [blueprint])],
    ['related'],
    ['pulse', ...(blueprint === undefined ? [] : [blueprint])],
    ['audits'],
    ['home'],
  ],
  blueprint: () => [['blueprints'], ['blueprint'], ['entities'], ['related'], ['pulse'], ['audits']],
  run: ({ run }) => [['runs'], ['home'], ['audits'], ...(run === undefined ? [] : [['run', run]])],
  'run-log': ({ run }) => (run === undefined ? [] : [['run', run]]),
  action: () => [['actions'], ['audits']],
  scorecard: () => [['scorecards'], ['pulse'], ['scorecard-summary'], ['entities'], ['entity'], ['home'], ['audits']],
  approval: ({ run }) => [['approvals'], ['approval'], ['audits'], ...(run === undefined ? [] : [['run', run]])],
  application: () => [['applications'], ['audits']],
  pipeline: () => [['pipelines'], ['pipeline'], ['applications'], ['audits']],
  execution: () => [['executions']],
  delivery: () => [['deliveries']],
  page: ({ page }) => [['pages'], ['audits'], ...(page === undefined ? [] : [['page', page]])],
  folder: () => [['pages'], ['audits']],
  sidebar: () => [['pages'], ['audits']],
  user: () => people,
  team: () => people,
};

export function staleKeys({ resourceType, context }: Change): Keys {
  return Object.hasOwn(staleBy, resourceType) ? (staleBy[resourceType]?.(context) ?? []) : [];
}

const GATHER_MS = 250;

function follow(client: QueryClient): () => void {
  const stale = new Map<string, readonly string[]>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    timer = undefined;
    for (const queryKey of stale.values()) void client.invalidateQueries({ queryKey });
    stale.clear();
  };
  const source = new EventSource('/api/v1/live');
  source.addEventListener('change', (event) => {
    const change = JSON.parse((event as MessageEvent<string>).data) as Change;
    for (const key of staleKeys(change)) stale.set(key.join('\u0000'), key);
    // A burst of changes becomes one refresh, so that an ingest does not turn into a request storm.
    timer ??= setTimeout(flush, GATHER_MS);
  });
  return () => {
    source.close();
    if (timer !== undefined) clearTimeout(timer);
  };
}

/** Keeps the query cache true while the page is open; the browser resumes by Last-Event-ID. */
export function useLiveChanges(): void {
  const client = useQueryClient();
  useEffect(() => follow(client), [client]);
}
