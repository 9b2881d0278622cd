import { isIPv4, isIPv6 } from 'node:net';

const text = (): boolean => true;
const emailLengthLimit = 320;

/** The formats of properties and what a value of each must be. Every check is linear in the value. */
export const knownFormats: ReadonlyMap<string, (value: string) => boolean> = new Map([
  ['date-time', isInstant],
  ['timer', isInstant],
  ['url', isAddress],
  ['labeled-url', isAddress],
  ['email', isEmail],
  ['idn-email', isEmail],
  ['user', isEmail],
  ['ipv4', isIPv4],
  ['ipv6', isIPv6],
  ['markdown', text],
  ['yaml', text],
  ['proto', text],
  ['team', text],
  ['blueprints', text],
  ['entity', text],
]);

const instantShape = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)$/;

/** RFC 3339 with a zone, within what PostgreSQL can hold: it is compared as an instant. */
function isInstant(value: string): boolean {
  if (value.length > 40 || !instantShape.test(value.toUpperCase())) return false;
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  // `Date` rolls the 30th of February over; the day has to come back as it went in.
  return (
    !Number.isNaN(Date.parse(value.toUpperCase())) &&
    !Number.isNaN(day.getTime()) &&
    day.toISOString().startsWith(value.slice(0, 10)) &&
    !value.startsWith('0000')
  );
}

const dangerousSchemes: ReadonlySet<string> = new Set(['javascript:', 'data:', 'vbscript:', 'blob:']);

/** Absolute, with a host, and nothing that a browser would run. */
function isAddress(value: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value) || !URL.canParse(value)) return false;
  return !dangerousSchemes.has(new URL(value).protocol);
}

function isEmail(value: string): boolean {
  if (value.length > emailLengthLimit || /[\s\p{Cc}<>()",;:\\]/u.test(value)) return false;
  const at = value.indexOf('@');
  return at > 0 && at === value.lastIndexOf('@') && at < value.length - 1;
}
