import type { ExecutionFilter } from './api.ts';

/** What of the executions to show, as the address says it. */
export interface ShownExecutions {
  readonly show?: string | undefined;
  readonly trigger?: string | undefined;
  readonly by?: string | undefined;
  readonly since?: string | undefined;
}

export const filterKeys = ['show', 'trigger', 'by', 'since'] as const;

/** Words for the states people look for, with what the server is asked. */
export const states: Readonly<Record<string, ExecutionFilter>> = {
  all: {},
  awaiting: { awaiting: true },
  running: { status: 'RUNNING,PAUSED,NOT_STARTED' },
  succeeded: { status: 'SUCCEEDED' },
  failed: { status: 'TERMINAL' },
  cancelled: { status: 'CANCELED' },
};

export const triggerTypes = ['manual', 'cron', 'webhook', 'pipeline', 'catalog'] as const;

const HOUR_MS = 3_600_000;

/** How far back to look, in hours. */
export const spans: Readonly<Record<string, number>> = { hour: 1, day: 24, week: 168, month: 720 };

/** Rounded to the minute, so that the same question is asked the same way for a while. */
const MINUTE_MS = 60_000;

export function asFilter({ show, trigger, by, since }: ShownExecutions, now: number): ExecutionFilter {
  const hours = spans[since ?? ''];
  const begin = hours === undefined ? undefined : Math.floor((now - hours * HOUR_MS) / MINUTE_MS) * MINUTE_MS;
  return {
    ...states[show ?? 'all'],
    ...(trigger === undefined || trigger === '' ? {} : { trigger }),
    ...(by === undefined || by.trim() === '' ? {} : { by: by.trim() }),
    ...(begin === undefined ? {} : { from: new Date(begin).toISOString() }),
  };
}

export const isFiltered = (shown: ShownExecutions): boolean =>
  filterKeys.some((key) => (shown[key] ?? '') !== '' && shown[key] !== 'all');
