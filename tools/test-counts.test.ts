import { describe, expect, it } from 'vitest';

import { addCounts, readCounts, totalLine } from './test-counts.ts';

function report(changes: object): string {
  const empty = { success: true, numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
  return JSON.stringify({ ...empty, testResults: [], ...changes });
}

describe('readCounts', () => {
  it('counts tests by outcome, to-dos as skipped', () => {
    const text = report({ numPassedTests: 5, numPendingTests: 2, numTodoTests: 1 });
    expect(readCounts(text, 0)).toEqual({ passed: 5, failed: 0, skipped: 3 });
  });

  it('counts a file that could not be loaded as a failure beside failed tests', () => {
    const testResults = [
      { status: 'failed', assertionResults: [] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
    ];
    const text = report({ success: false, numPassedTests: 1, numFailedTests: 1, testResults });
    expect(readCounts(text, 1)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('counts an unhandled error outside of any test as a failure', () => {
    expect(readCounts(report({ success: false, numPassedTests: 4 }), 1).failed).toBe(1);
    expect(readCounts(report({ numPassedTests: 4 }), 1).failed).toBe(1);
  });

  it('counts a crashed runner as a failure', () => {
    expect(readCounts(undefined, 137)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

describe('totalLine', () => {
  it('sums up runs and names skipped tests only when there are some', () => {
    const first = { passed: 3, failed: 0, skipped: 0 };
    expect(totalLine(first)).toBe('3 passed, 0 failed');
    expect(totalLine(addCounts(first, { passed: 1, failed: 2, skipped: 4 }))).toBe('4 passed, 2 failed, 4 skipped');
  });
});
