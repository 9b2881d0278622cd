import { isJsonObject } from '../json.ts';
import { maskUrl } from './mask-url.ts';

const secretHeader = /authorization|cookie|token|secret|password|api-?key|signature/i;

/** Addresses and headers anywhere in a value, without the secrets they carry. */
export function maskDestinations(value: unknown): unknown {
  if (typeof value === 'string') return /^https?:/i.test(value) ? maskUrl(value) : value;
  if (Array.isArray(value)) return value.map(maskDestinations);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === 'headers' && isJsonObject(item) ? maskHeaders(item) : maskDestinations(item),
    ]),
  );
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
