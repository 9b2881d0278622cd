import { BlockList, isIP } from 'node:net';

/**
 * What a public destination may not be: the blocks of the IANA special-purpose registries that lead back into a
 * machine, a local network, a documentation range, or through a translator (mapped, NAT64, 6to4, Teredo) to any of them.
 */
const reservedIpv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
] as const;

/** Inside 2000::/3, the only part of IPv6 that is globally routed, these are still not ordinary hosts. */
const reservedIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

const blockedIpv4 = blockListOf(reservedIpv4, 'ipv4');
const blockedIpv6 = blockListOf(reservedIpv6, 'ipv6');
const globalIpv6 = blockListOf(['2000::/3'], 'ipv6');

function blockListOf(subnets: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', prefix = ''] = subnet.split('/');
    list.addSubnet(network, Number(prefix), family);
  }
  return list;
}

/** True when the text is an IP address that belongs to an ordinary host of the public Internet. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blockedIpv4.check(address, 'ipv4');
    case 6:
      return globalIpv6.check(address, 'ipv6') && !blockedIpv6.check(address, 'ipv6');
    default:
      return false;
  }
}
