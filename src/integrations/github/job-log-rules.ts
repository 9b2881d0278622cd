import { plainText } from '#platform/plain-text.ts';

const mostLines = 20;
const mostCharacters = 4_000;
const timestamp = /^\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ?/;
/** What GitHub's page folds and colours by. */
const markers = /^##\[(group|endgroup|command|debug)\]/;
// oxlint-disable-next-line no-control-regex
const colours = /\u001b\[[\d;]*m/g;

/**
 * The last lines of a job's log that explain its failure: up to the last error that is marked, since what comes after it
 * only tidies up. Without the times and marks that GitHub's page is made of.
 */
export function endOfJobLog(text: string): string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(timestamp, '').replaceAll(colours, ''))
    .filter((line) => line.trim() !== '' && !line.startsWith('##[endgroup]'));
  const last = lines.findLastIndex((line) => line.startsWith('##[error]'));
  const told = lines.slice(0, last === -1 ? undefined : last + 1).slice(-mostLines);
  const shown = told.map((line) => line.replace(markers, '').replace(/^##\[error\]/, 'Error: '));
  return plainText(shown.join('\n').slice(-mostCharacters)).trim();
}
