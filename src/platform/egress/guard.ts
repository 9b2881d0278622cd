import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Problem, problem } from '#platform/problem.ts';
import { isPublicAddress } from './address-rules.ts';
import type { AllowEntry } from './allow-list.ts';
import { EgressFailure, errorCode } from './egress-failure.ts';

/** Answers a host name with all its addresses. Rejects with ENOTFOUND or ENODATA when there are none. */
export type Resolver = (host: string) => Promise<readonly string[]>;

export interface Guard {
  /** The addresses that may be connected to, all checked, in the order to try. Throws when even one is not permitted. */
  readonly addressesOf: (host: string, port: number) => Promise<readonly string[]>;
}

/** Uses the system's resolver, hosts file included, IPv4 first so that a broken IPv6 route costs nothing. */
export const systemResolver: Resolver = async (host) => {
  const answers = await lookup(host, { all: true, order: 'ipv4first' });
  return answers.map((answer) => answer.address);
};

/** Decides where calls may go. `allowed` is asked each time, since entries come and go while the program runs. */
export function createGuard(options: {
  readonly allowed: () => Iterable<AllowEntry>;
  readonly resolver: Resolver;
  readonly resolveTimeoutMs: number;
}): Guard {
  const permitted = (host: string, port: number, address: string): boolean => {
    if (isPublicAddress(address)) return true;
    for (const entry of options.allowed()) if (entry.permits({ host, port, address })) return true;
    return false;
  };

  const addressesOf = async (host: string, port: number): Promise<readonly string[]> => {
    // Node asks no resolver for a host that is an address already, so those are judged here like any answer.
    const addresses = isIP(host) === 0 ? await resolveWithin(options.resolver, host, options.resolveTimeoutMs) : [host];
    // One private answer among public ones is refused as a whole: which of them gets used is not the name's to choose.
    for (const address of addresses) {
      if (!permitted(host, port, address)) throw privateDestination(host, port);
    }
    return addresses;
  };

  return { addressesOf };
}

async function resolveWithin(resolver: Resolver, host: string, timeoutMs: number): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new EgressFailure({ reason: 'dns', requestSent: false, host }));
    }, timeoutMs);
  });
  try {
    const addresses = await Promise.race([resolver(host), expired]);
    if (addresses.length === 0) throw notResolvable(host);
    return addresses;
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (errorCode(error) === 'ENOTFOUND' || errorCode(error) === 'ENODATA') throw notResolvable(host);
    throw new EgressFailure({ reason: 'dns', requestSent: false, host, cause: error });
  } finally {
    clearTimeout(timer);
  }
}

// The address behind a name is left out on purpose: it would tell a user about the network's insides.
function privateDestination(host: string, port: number): Problem {
  const shown = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  return problem(
    'forbidden',
    'private_destination',
    `Calls to ${host} are refused, because it is, or resolves to, a private address. ` +
      `If it is meant to be reached, an administrator adds ${shown} to the setting QUAYSIDE_EGRESS_ALLOW.`,
    { host, port, setting: 'QUAYSIDE_EGRESS_ALLOW' },
  );
}

function notResolvable(host: string): Problem {
  return problem(
    'forbidden',
    'not_resolvable_destination',
    `Calls to ${host} are refused, because no address is known for that name. Check its spelling; ` +
      'names that only a private name server knows must be known to the machine Quayside runs on.',
    { host },
  );
}
