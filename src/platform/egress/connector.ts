import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { Problem } from '#platform/problem.ts';
import { errorCode } from './egress-failure.ts';
import type { Guard } from './guard.ts';

/** More answers than this are not tried; a caller's deadline would pass first. */
const addressesTried = 4;

/** Failures of one address after which the next may do better. A failed TLS handshake is not one. */
const worthAnotherAddress = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Opens connections for undici: looks the host up once, checks every answer, and then connects to one of exactly those
 * addresses. The name is not looked up again, so an answer that changes between check and connection has no effect.
 */
export function guardedConnector(
  guard: Guard,
  options: { readonly connectTimeoutMs: number; readonly ca: string | undefined },
): buildConnector.connector {
  const open = buildConnector({
    timeout: options.connectTimeoutMs,
    allowH2: false,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });

  const openOne = (request: buildConnector.Options, host: string, address: string): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const { servername: _requested, ...rest } = request;
      // The certificate is checked against the name that was asked for, not against the pinned address.
      const named = request.protocol === 'https:' && isIP(host) === 0 ? { servername: host } : {};
      open({ ...rest, ...named, hostname: address }, (error, socket) => {
        if (error === null) resolve(socket);
        else reject(error);
      });
    });

  const connect = async (request: buildConnector.Options): Promise<Socket> => {
    const host = request.hostname.replace(/\.$/, '').toLowerCase();
    const port = request.port === '' ? (request.protocol === 'https:' ? 443 : 80) : Number(request.port);
    const addresses = (await guard.addressesOf(host, port)).slice(0, addressesTried);
    let failure: unknown;
    for (const address of addresses) {
      try {
        return await openOne(request, host, address);
      } catch (error) {
        failure = error;
        if (!worthAnotherAddress.has(errorCode(error))) break;
      }
    }
    throw failure;
  };

  return (request, callback) => {
    connect(request).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(asError(error), null),
    );
  };
}

type Socket = NonNullable<Parameters<buildConnector.Callback>[1]>;

function asError(error: unknown): Error {
  return error instanceof Problem || error instanceof Error ? error : new Error(String(error));
}
