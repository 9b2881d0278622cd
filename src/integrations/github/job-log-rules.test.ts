import { describe, expect, test } from 'vitest';
import { endOfJobLog } from './job-log-rules.ts';

const at = '2026-05-04T10:00:00.1234567Z ';

describe('the end of a job’s log', () => {
  test('goes to the last error, without times, marks and colours', () => {
    const log = [
      `\ufeff${at}##[group]Run make deploy`,
      `${at}##[endgroup]`,
      `${at}\u001b[31mconnection refused\u001b[0m`,
      '',
      `${at}##[error]Process completed with exit code 2.`,
      `${at}Post job cleanup.`,
    ].join('\r\n');
    expect(endOfJobLog(log)).toBe('Run make deploy\nconnection refused\nError: Process completed with exit code 2.');
  });

  test('is the last twenty lines where nothing is marked, and never much', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    expect(endOfJobLog(lines.join('\n')).split('\n')).toEqual(lines.slice(-20));
    expect(endOfJobLog('x'.repeat(1_000_000))).toHaveLength(4_000);
    expect(endOfJobLog('a\0b')).not.toContain('\0');
    expect(endOfJobLog('')).toBe('');
  });
});
