import { problem } from '#platform/problem.ts';

/** A checked web address: what to connect to and what to ask there. */
export interface Destination {
  readonly url: URL;
  /** Scheme, host and port; the key under which connections are shared. */
  readonly origin: string;
  /** Path and query. */
  readonly path: string;
  /** Lower-case host name without a trailing dot, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the address of an outgoing call. The URL standard's parser turns every spelling of an IPv4 address (decimal,
 * octal, hexadecimal, short, full-width digits, trailing dot) into dotted form, so that later checks see one form.
 */
export function parseDestination(address: string | URL): Destination {
  const url = URL.parse(String(address));
  if (url === null) {
    throw problem(
      'invalid',
      'invalid_destination',
      'The address of the call is not a valid URL. Give it as https://host/path.',
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw problem(
      'invalid',
      'invalid_destination',
      `Calls go to http and https addresses only, not to "${url.protocol.slice(0, -1)}".`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw problem(
      'invalid',
      'invalid_destination',
      `The address of ${url.host} carries a user name or password. Send credentials in a header instead.`,
    );
  }
  const host = hostOf(url);
  if (host === '') throw problem('invalid', 'invalid_destination', 'The address of the call names no host.');
  return {
    url,
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    host,
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port),
  };
}

/** The host as the allow list and the resolver know it. */
function hostOf(url: URL): string {
  const bare = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return bare.replace(/\.$/, '').toLowerCase();
}
