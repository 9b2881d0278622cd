import { expect, test } from 'vitest';
import type { Audit, RunLog } from '../api/wire.ts';
import { runLines } from './run-lines.ts';

const log = (id: string, second: number): RunLog => ({
  id,
  message: id,
  createdAt: `2026-01-01T00:00:0${second}.000Z`,
});
const audit = (identifier: string, second: number, status: Audit['status']): Audit => ({
  identifier,
  action: 'CREATE',
  resourceType: 'entity',
  status,
  trigger: { by: {}, origin: 'API', at: `2026-01-01T00:00:0${second}.000Z` },
  context: {},
});

test('lines and changes stand in the order of time, lines of one instant in their own', () => {
  const logs = [log('one', 1), log('two', 3), log('three', 3)];
  const audits = [audit('late', 4, 'FAILURE'), audit('early', 2, 'SUCCESS'), audit('same', 3, 'SUCCESS')];
  const lines = runLines(logs, audits, ({ identifier }) => `did ${identifier}`);
  expect(lines.map(({ kind, message }) => `${kind} ${message}`)).toEqual([
    'log one',
    'change did early',
    'change did same',
    'log two',
    'log three',
    'refusal did late',
  ]);
});
