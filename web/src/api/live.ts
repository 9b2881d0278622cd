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
  };
}

/** Which cached answers a change makes stale; keys as in the `api.ts` of each noun. */
export function staleKeys(change: Change): readonly (readonly string[])[] {
  const { blueprint, entity, run } = change.context;
  switch (change.resourceType) {
    case 'entity':
      return [
        ['entities', ...(blueprint === undefined ? [] : [blueprint])],
        ...(blueprint === undefined || entity === undefined ? [] : [['entity', blueprint, entity]]),
        ['scorecard-summary', ...(blueprint === undefined ? [] : [blueprint])],
        ['audits'],
        ['home'],
      ];
    case 'blueprint':
      return [['blueprints'], ['entities'], ['audits']];
    case 'run':
      return [['runs'], ['home'], ['audits'], ...(run === undefined ? [] : [['run', run]])];
    case 'run-log':
      return run === undefined ? [] : [['run', run]];
    case 'action':
      return [['actions'], ['audits']];
    case 'scorecard':
      return [['scorecards'], ['scorecard-summary'], ['entities'], ['entity'], ['home'], ['audits']];
    case 'approval':
      return [['approvals'], ['approval'], ['audits'], ...(run === undefined ? [] : [['run', run]])];
    case 'application':
      return [['applications'], ['audits']];
    case 'pipeline':
      return [['pipelines'], ['pipeline'], ['applications'], ['audits']];
    case 'execution':
      return [['executions']];
    case 'delivery':
      return [['deliveries']];
    case 'user':
    case 'team':
      return [['people'], ['teams'], ['audits']];
    default:
      return [];
  }
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
