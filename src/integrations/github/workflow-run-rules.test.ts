import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readWorkflowRun } from './workflow-run-contract.ts';
import { chooseWorkflowRun, workflowOutcome } from './workflow-run-rules.ts';
import type { WorkflowRun } from './workflow-run-contract.ts';

function run(overrides: Partial<WorkflowRun> = {}): WorkflowRun {
  return {
    id: '1',
    url: 'https://github.example.com/acme/payments/actions/runs/1',
    title: 'Deploy',
    status: 'queued',
    conclusion: null,
    event: 'workflow_dispatch',
    branch: 'main',
    attempt: 1,
    createdAt: '2026-01-05T12:00:00Z',
    updatedAt: '2026-01-05T12:00:00Z',
    ...overrides,
  };
}
const at = (second: number): string => new Date(Date.UTC(2026, 0, 5, 12, 0, second)).toISOString();

describe('chooseWorkflowRun', () => {
  const notBefore = at(10);

  test('takes the earliest run since the dispatch, whatever the order of the list', () => {
    const runs = [
      run({ id: '9', createdAt: at(30) }),
      run({ id: '7', createdAt: at(9) }),
      run({ id: '8', createdAt: at(12) }),
    ];
    expect(chooseWorkflowRun(runs, { notBefore })?.id).toBe('8');
    expect(chooseWorkflowRun(runs.toReversed(), { notBefore })?.id).toBe('8');
  });

  test('two dispatches in a row get a run each', () => {
    const runs = [run({ id: '21', createdAt: at(11) }), run({ id: '22', createdAt: at(11) })];
    const first = chooseWorkflowRun(runs, { notBefore });
    const second = chooseWorkflowRun(runs, { notBefore, claimed: [first?.id ?? ''] });
    expect([first?.id, second?.id]).toEqual(['21', '22']);
    expect(chooseWorkflowRun(runs, { notBefore, claimed: ['21', '22'] })).toBeUndefined();
  });

  test('a run that names the action run in its title goes first', () => {
    const runs = [run({ id: '1', createdAt: at(10) }), run({ id: '2', createdAt: at(20), title: 'Deploy for r_abc' })];
    expect(chooseWorkflowRun(runs, { notBefore, hint: 'r_abc' })?.id).toBe('2');
    expect(chooseWorkflowRun(runs, { notBefore, hint: '' })?.id).toBe('1');
  });

  test('runs of other events and earlier runs are never taken', () => {
    expect(
      chooseWorkflowRun([run({ event: 'push', createdAt: at(20) }), run({ createdAt: at(9) })], { notBefore }),
    ).toBeUndefined();
  });

  test('what is chosen was there, is not claimed and is not early', () => {
    const anyRun = fc
      .record({ id: fc.integer({ min: 1, max: 9 }).map(String), createdAt: fc.integer({ min: 0, max: 20 }).map(at) })
      .map(run);
    fc.assert(
      fc.property(fc.array(anyRun), fc.array(fc.integer({ min: 1, max: 9 }).map(String)), (runs, claimed) => {
        const chosen = chooseWorkflowRun(runs, { notBefore, claimed });
        const possible = runs.filter((one) => one.createdAt >= notBefore && !claimed.includes(one.id));
        if (chosen === undefined) {
          expect(possible).toEqual([]);
        } else {
          expect(possible).toContain(chosen);
          expect(possible.every((one) => one.createdAt >= chosen.createdAt)).toBe(true);
        }
      }),
    );
  });
});

describe('workflowOutcome', () => {
  test.each([
    ['queued', null, { ended: false, label: 'Queued' }],
    ['waiting', null, { ended: false, label: 'Waiting for approval on GitHub' }],
    ['in_progress', null, { ended: false, label: 'In progress' }],
    ['something_new', null, { ended: false, label: 'In progress' }],
    ['completed', 'success', { ended: true, status: 'SUCCESS', label: 'Succeeded' }],
    ['completed', 'neutral', { ended: true, status: 'SUCCESS', label: 'Finished' }],
    ['completed', 'skipped', { ended: true, status: 'SUCCESS', label: 'Skipped' }],
    ['completed', 'failure', { ended: true, status: 'FAILURE', label: 'Failed' }],
    ['completed', 'cancelled', { ended: true, status: 'FAILURE', label: 'Cancelled' }],
    ['completed', 'timed_out', { ended: true, status: 'FAILURE', label: 'Timed out' }],
    ['completed', 'startup_failure', { ended: true, status: 'FAILURE', label: 'Could not start' }],
    ['completed', 'something_new', { ended: true, status: 'FAILURE', label: 'Failed' }],
    ['completed', null, { ended: true, status: 'FAILURE', label: 'Failed' }],
  ])('%s / %s', (status, conclusion, outcome) => {
    expect(workflowOutcome({ status, conclusion })).toEqual(outcome);
  });
});

describe('readWorkflowRun', () => {
  const raw = {
    id: 30_433_642,
    html_url: 'https://github.example.com/acme/payments/actions/runs/30433642',
    name: 'Deploy',
    status: 'completed',
    conclusion: 'success',
    event: 'workflow_dispatch',
    created_at: at(0),
    updated_at: at(1),
  };

  test('reads what it needs and ignores the rest', () => {
    expect(
      readWorkflowRun({ ...raw, display_title: 'Deploy r_1', head_branch: 'main', run_attempt: 2, actor: {} }),
    ).toEqual({
      id: '30433642',
      url: raw.html_url,
      title: 'Deploy r_1',
      status: 'completed',
      conclusion: 'success',
      event: 'workflow_dispatch',
      branch: 'main',
      attempt: 2,
      createdAt: at(0),
      updatedAt: at(1),
    });
    expect(readWorkflowRun(raw)).toMatchObject({ title: 'Deploy', branch: null, attempt: 1 });
    expect(readWorkflowRun({ ...raw, id: 9_007_199_254_740_993n })?.id).toBe('9007199254740993');
  });

  test.each([null, 'x', {}, { ...raw, id: '1' }, { ...raw, html_url: 5 }, { ...raw, created_at: undefined }])(
    '%# is not a run',
    (other) => {
      expect(readWorkflowRun(other)).toBeUndefined();
    },
  );
});
