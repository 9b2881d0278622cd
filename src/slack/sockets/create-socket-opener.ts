import type { LookupFunction } from 'node:net';
import { WebSocket } from 'ws';
import { parseDestination } from '#platform/egress/destination.ts';
import type { Egress } from '#platform/egress/egress.ts';
import { problem } from '#platform/problem.ts';

/** Opens a connection to an address that Slack gave. */
export type OpenSocket = (address: string) => Promise<WebSocket>;

const handshakeMs = 10_000;
const longestMessage = 1_048_576;

/** Connections through the egress guard: to the checked addresses and to no other. */
export function createSocketOpener(egress: Pick<Egress, 'addressesOf'>): OpenSocket {
  return async (address) => {
    if (!/^wss?:\/\//i.test(address)) {
      throw problem('invalid', 'invalid_destination', 'Slack gave an address that is no WebSocket.');
    }
    const { host, port } = parseDestination(address.replace(/^ws/i, 'http'));
    const addresses = await egress.addressesOf(host, port);
    const found = addresses.map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 }));
    const lookup: LookupFunction = (_host, options, answer) => {
      const [first] = found;
      if (options.all === true) answer(null, found);
      else answer(null, first?.address ?? '', first?.family);
    };
    return new WebSocket(address, {
      lookup,
      followRedirects: false,
      handshakeTimeout: handshakeMs,
      maxPayload: longestMessage,
      perMessageDeflate: false,
    });
  };
}
