import { BlockList, isIP } from 'node:net';
import { problem } from '#platform/problem.ts';

/** Where one connection would go: the host as the address names it, the port, and one address it stands for. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

/** One permission to reach a private destination. */
export interface AllowEntry {
  readonly text: string;
  readonly permits: (target: Target) => boolean;
}

const hostPattern = /^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;

/**
 * Reads allow-list entries: an IP address, a CIDR block or a host name, each with an optional port
 * (`10.1.0.0/16`, `192.168.0.120:8080`, `[fd00::1]:443`, `jenkins.example.com`).
 * Throws one problem that lists every entry it cannot read.
 */
export function parseAllowList(entries: readonly string[]): readonly AllowEntry[] {
  const parsed: AllowEntry[] = [];
  const unreadable: string[] = [];
  for (const raw of entries) {
    const text = raw.trim().toLowerCase();
    if (text === '') continue;
    const entry = parseEntry(text);
    if (entry === undefined) unreadable.push(raw.trim());
    else parsed.push(entry);
  }
  if (unreadable.length > 0) {
    throw problem(
      'invalid',
      'egress_allow_invalid',
      `Neither an IP address, a CIDR block nor a host name: ${unreadable.join(', ')}. ` +
        'A port may follow, as in 10.1.2.3:8080 or [fd00::1]:443.',
      { entries: unreadable },
    );
  }
  return parsed;
}

function parseEntry(text: string): AllowEntry | undefined {
  const split = splitPort(text);
  if (split === undefined) return undefined;
  const { name, port } = split;
  const portFits = (target: Target): boolean => port === undefined || target.port === port;

  const subnet = parseSubnet(name);
  if (subnet !== undefined) {
    return {
      text,
      permits: (target) =>
        portFits(target) && subnet.check(target.address, isIP(target.address) === 6 ? 'ipv6' : 'ipv4'),
    };
  }
  // Anything that could be an IP address in a careless spelling is not taken for a host name.
  const looksNumeric = /^[0-9.]+$|^0x/.test(name) || name.includes('/') || name.includes(':');
  if (looksNumeric) return undefined;
  const host = URL.parse(`http://${name}`)?.hostname.replace(/\.$/, '') ?? '';
  if (isIP(host) !== 0 || host.length > 253 || !hostPattern.test(host)) return undefined;
  return { text, permits: (target) => portFits(target) && target.host === host };
}

function splitPort(text: string): { name: string; port: number | undefined } | undefined {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text);
  const plain = bracketed ?? (isIP(text) === 6 || /:.*:/.test(text) ? null : /^([^:]+):(\d{1,5})$/.exec(text));
  if (plain === null) return { name: text, port: undefined };
  const [, name = '', portText] = plain;
  if (portText === undefined) return { name, port: undefined };
  const port = Number(portText);
  return port >= 1 && port <= 65_535 ? { name, port } : undefined;
}

function parseSubnet(name: string): BlockList | undefined {
  const [address = '', prefixText, ...rest] = name.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return undefined;
  const widest = version === 4 ? 32 : 128;
  if (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText)) return undefined;
  const prefix = prefixText === undefined ? widest : Number(prefixText);
  if (prefix > widest) return undefined;
  const list = new BlockList();
  list.addSubnet(address, prefix, version === 4 ? 'ipv4' : 'ipv6');
  return list;
}
