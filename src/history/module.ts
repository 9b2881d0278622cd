import type { Core } from '#platform/core.ts';
import type { Module } from '#platform/module.ts';
import { createLiveTail, type LiveTail } from './follow-changes.ts';
import { historyRoutes } from './routes.ts';

export interface HistoryModule extends Module {
  readonly tail: LiveTail;
}

export function historyModule(core: Core): HistoryModule {
  const tail = createLiveTail(core.db);
  return { name: 'history', tail, routes: historyRoutes(core.db, tail) };
}
