import { problem } from '#platform/problem.ts';

/** Headers that describe the connection or are counted from the body; a caller's own would split or redirect the request. */
const reserved = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

const namePattern = /^[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/;
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Checks headers that a user may have written and adds the program's own defaults.
 * Throws a problem that names the header, never its value, which may be a secret.
 */
export function requestHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': 'Quayside' };
  for (const [rawName, value] of Object.entries(given)) {
    const name = rawName.trim().toLowerCase();
    // Counted again from the body that is sent.
    if (name === 'content-length') continue;
    if (!namePattern.test(name)) {
      throw problem('invalid', 'invalid_header', `"${rawName.slice(0, 80)}" is not a valid header name.`, {
        header: rawName,
      });
    }
    if (reserved.has(name)) {
      throw problem('invalid', 'invalid_header', `The header "${rawName}" is set by Quayside itself. Remove it.`, {
        header: rawName,
      });
    }
    if (!valuePattern.test(value)) {
      throw problem(
        'invalid',
        'invalid_header',
        `The value of the header "${rawName}" holds a line break or a character that headers cannot carry.`,
        { header: rawName },
      );
    }
    headers[name] = value;
  }
  // A compressed answer could grow without limit when unpacked, so none is asked for.
  headers['accept-encoding'] = 'identity';
  return headers;
}
