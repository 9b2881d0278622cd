import type { Audit, RunLog } from '../api/wire.ts';

/** One line of the log stream: what the backend wrote, or what the run did to an entity. */
export interface RunLine {
  readonly id: string;
  readonly createdAt: string;
  readonly message: string;
  readonly kind: 'log' | 'change' | 'refusal';
}

/** Log lines and changes of entities in the order in which they happened; of one instant, the change goes first. */
export function runLines(
  logs: readonly RunLog[],
  audits: readonly Audit[],
  describe: (audit: Audit) => string,
): readonly RunLine[] {
  const changes = audits.map((audit): RunLine => {
    const kind = audit.status === 'FAILURE' ? 'refusal' : 'change';
    return { id: audit.identifier, createdAt: audit.trigger.at, message: describe(audit), kind };
  });
  const written = logs.map((log): RunLine => ({ ...log, kind: 'log' }));
  return [...changes, ...written].toSorted((left, right) => Date.parse(left.createdAt) - Date.parse(right.createdAt));
}
