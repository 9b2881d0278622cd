import { jqFailure, type JqFailure } from './jq-result.ts';

/**
 * The value as JSON that jq reads: half surrogate pairs, which JSON.stringify writes as escapes and jq refuses,
 * become the replacement character. A value that is no JSON (a cycle, a bigint, nested without end) is a failure.
 */
export function jsonDocument(value: unknown): string | JqFailure {
  let text: string | undefined; // JSON.stringify answers undefined to undefined, functions and symbols.
  try {
    text = JSON.stringify(value);
  } catch {
    return jqFailure('runtime', 'the input cannot be written as JSON');
  }
  return (text ?? 'null').replaceAll(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g, (escape, half: string | undefined) =>
    half === undefined ? escape : '\\ufffd',
  );
}
