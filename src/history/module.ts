import type { Core } from '#platform/core.ts';
import type { ChangeWatch } from '#platform/events/change-watch.ts';
import type { Module } from '#platform/module.ts';
import { createLiveTail } from './follow-changes.ts';
import { historyRoutes } from './routes.ts';

export function historyModule(core: Core, watch: ChangeWatch): Module {
  return { name: 'history', routes: historyRoutes(core.db, createLiveTail(core.db, watch)) };
}
