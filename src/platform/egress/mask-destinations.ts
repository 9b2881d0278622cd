import { isJsonObject } from '../json.ts';
import { maskUrl } from './mask-url.ts';

const headersKey = /^(custom)?headers$/i;
const secretHeader = /authorization|cookie|token|secret|password|api-?key|signature/i;

/** Addresses and headers anywhere in a value, without the secrets they carry. */
export function maskDestinations(value: unknown): unknown {
  if (typeof value === 'string') return /^https?:/i.test(value) ? maskUrl(value) : value;
  if (Array.isArray(value)) return value.map(maskDestinations);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      headersKey.test(key) && isJsonObject(item)
        ? maskHeaders(item)
        : key === 'url'
          ? maskAddress(item)
          : maskDestinations(item),
    ]),
  );
}

/** An address may begin with a template, and then cannot be read as one. */
function maskAddress(value: unknown): unknown {
  const masked = maskDestinations(value);
  return typeof masked === 'string' && masked === value ? masked.replace(/\?.*$/s, '?…') : masked;
}

/** Headers by their names: what is no secret helps whoever looks for a mistake. */
export function maskHeaders(headers: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretHeader.test(name) ? '…' : maskDestinations(value)]),
  );
}

/** A document whose parts of these names say where something is sent, for people who do not look after it. */
export function maskParts<Shown extends object>(document: Shown, names: readonly string[]): Shown {
  const masked = names.filter((name) => Object.hasOwn(document, name));
  if (masked.length === 0) return document;
  const parts = document as Readonly<Record<string, unknown>>;
  return { ...document, ...Object.fromEntries(masked.map((name) => [name, maskDestinations(parts[name])])) };
}

/** Shorter parts are names and numbers, which occur anywhere. */
const shortestSecret = 8;

/** What `maskDestinations` leaves out, so that it can be hidden where the other side repeats it. */
export function secretsOfDestinations(value: unknown): readonly string[] {
  if (typeof value === 'string') return secretsOfAddress(value);
  if (Array.isArray(value)) return value.flatMap(secretsOfDestinations);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    headersKey.test(key) && isJsonObject(item) ? secretsOfHeaders(item) : secretsOfDestinations(item),
  );
}

function secretsOfHeaders(headers: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    if (!secretHeader.test(name)) return secretsOfDestinations(value);
    // The scheme before a token is no secret, and the other side may repeat the token alone.
    return typeof value === 'string' ? [value, ...value.split(' ').slice(1)] : [];
  });
}

function secretsOfAddress(text: string): readonly string[] {
  const url = /^https?:/i.test(text) ? URL.parse(text) : null;
  if (url === null) return [];
  const masked = new Set((URL.parse(maskUrl(url))?.pathname ?? '').split('/'));
  const parts = url.pathname.split('/').filter((part) => !masked.has(part));
  return [...parts, ...url.searchParams.values(), url.password].filter((part) => part.length >= shortestSecret);
}
