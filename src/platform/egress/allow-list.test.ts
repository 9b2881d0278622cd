import { describe, expect, test } from 'vitest';
import { parseAllowList } from './allow-list.ts';
import type { Target } from './allow-list.ts';

const target = (address: string, port = 80, host = address): Target => ({ host, port, address });
const permits = (entries: readonly string[], where: Target): boolean =>
  parseAllowList(entries).some((entry) => entry.permits(where));

describe('parseAllowList', () => {
  test('an address opens itself and nothing beside it', () => {
    const entries = ['192.168.0.120'];
    expect(permits(entries, target('192.168.0.120'))).toBe(true);
    expect(permits(entries, target('192.168.0.120', 8443))).toBe(true);
    for (const other of ['192.168.0.119', '192.168.0.121', '192.168.0.12', '192.168.1.120', '127.0.0.1', '::1']) {
      expect(permits(entries, target(other)), other).toBe(false);
    }
    // Nor does another name for which that address is one of several answers gain anything by it.
    expect(permits(entries, target('192.168.0.121', 80, '192.168.0.120'))).toBe(false);
  });

  test('an address with a port opens that port only', () => {
    const entries = ['127.0.0.1:4001', '[::1]:4002'];
    expect(permits(entries, target('127.0.0.1', 4001))).toBe(true);
    expect(permits(entries, target('127.0.0.1', 4002))).toBe(false);
    expect(permits(entries, target('::1', 4002))).toBe(true);
    expect(permits(entries, target('::1', 4001))).toBe(false);
  });

  test('a block opens its addresses, also with a port', () => {
    const entries = ['10.1.0.0/16', 'fd00:1::/32', '10.2.0.0/24:443', '[fd00:2::]:443'];
    expect(permits(entries, target('10.1.255.255'))).toBe(true);
    expect(permits(entries, target('10.2.0.9', 443))).toBe(true);
    expect(permits(entries, target('10.2.0.9', 80))).toBe(false);
    expect(permits(entries, target('10.3.0.0'))).toBe(false);
    expect(permits(entries, target('fd00:1:ffff::9'))).toBe(true);
    expect(permits(entries, target('fd00:2::', 443))).toBe(true);
    expect(permits(entries, target('fd00:2::1', 443))).toBe(false);
  });

  test('a host name opens exactly that name, wherever it leads', () => {
    const entries = [' Jenkins.Example.com ', 'gitlab.example.com:8080', 'bücher.example.com'];
    expect(permits(entries, target('10.0.0.7', 443, 'jenkins.example.com'))).toBe(true);
    expect(permits(entries, target('10.0.0.8', 8080, 'gitlab.example.com'))).toBe(true);
    expect(permits(entries, target('10.0.0.8', 443, 'gitlab.example.com'))).toBe(false);
    expect(permits(entries, target('10.0.0.7', 443, 'evil.jenkins.example.com'))).toBe(false);
    expect(permits(entries, target('10.0.0.7', 443, 'example.com'))).toBe(false);
    expect(permits(entries, target('10.0.0.7', 443, 'xn--bcher-kva.example.com'))).toBe(true);
  });

  test('reports every entry it cannot read at once', () => {
    const bad = [
      '10.0.0.0/33',
      '10.0.0',
      '*.example.com',
      'http://example.com',
      '127.0.0.1:99999',
      '0x7f000001',
      'fd00::/129',
      'a b',
    ];
    try {
      parseAllowList(['10.0.0.1', '', ...bad]);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ kind: 'invalid', code: 'egress_allow_invalid', details: { entries: bad } });
    }
  });
});
