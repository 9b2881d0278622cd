import type { StepResult } from './step-action.ts';

/**
 * A `run:` step. Nothing of it reaches a shell: lines that only echo or exit are understood, so that
 * workflows can talk and fail, and anything else fails the step and says so.
 */
export function runShellStep(script: string, log: (line: string) => void): StepResult {
  for (const line of script.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const exit = /^exit(?:\s+(\d+))?$/.exec(line);
    if (exit) return endOfScript(Number(exit[1] ?? 0), log);
    const echo = /^echo(?:\s+(.*))?$/.exec(line);
    if (!echo || /[|><`;&]|\$\(/.test(unquoted(echo[1] ?? ''))) {
      log(`Error: no shell here, so this is not carried out: ${line}`);
      return endOfScript(127, log);
    }
    log((echo[1] ?? '').replace(/^(["'])(.*)\1$/s, '$2'));
  }
  return { conclusion: 'success' };
}

function endOfScript(code: number, log: (line: string) => void): StepResult {
  if (code !== 0) log(`Error: Process completed with exit code ${code}.`);
  return { conclusion: code === 0 ? 'success' : 'failure' };
}

function unquoted(text: string): string {
  return text.replace(/'[^']*'/g, '').replace(/"[^"$`]*"/g, '');
}
