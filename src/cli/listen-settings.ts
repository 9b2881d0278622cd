import { parseArgs } from 'node:util';
import type { CliIo } from './cli-io.ts';
import type { Credentials } from './portal-client.ts';

export interface ListenSettings {
  readonly server: string;
  readonly credentials: Credentials;
  readonly forwardTo: URL;
  /** An existing channel to take up again; a new one is made without it. */
  readonly channelId: string | undefined;
}

export type ReadListenSettings =
  | { readonly settings: ListenSettings }
  | { readonly mistakes: readonly string[] }
  | { readonly helpWanted: true };

export const listenHelpText = `quayside listen --forward-to <local address>

Makes an address on your Quayside that can be pasted as a webhook URL, and forwards what
arrives there to a local address: same method, headers and body, so signatures hold.

  --forward-to URL       where requests go, such as http://localhost:3333/api/slack
  --channel ID           use this channel again instead of making a new one
  --server URL           your Quayside; else QUAYSIDE_URL, else http://127.0.0.1:3000
  --client-id ID         else QUAYSIDE_CLIENT_ID
  --client-secret TEXT   else QUAYSIDE_CLIENT_SECRET (the variable stays out of process lists)`;

type Flags = Partial<Record<'forward-to' | 'channel' | 'server' | 'client-id' | 'client-secret', string>>;

/** Flags first, then the environment. Tells all mistakes at once. */
export function readListenSettings(args: readonly string[], env: CliIo['env']): ReadListenSettings {
  const flags = readFlags(args);
  if ('helpWanted' in flags || 'mistakes' in flags) return flags;

  const mistakes: string[] = [];
  const value = (flag: keyof Flags, variable: string): string => flags[flag] ?? env[variable]?.trim() ?? '';
  const forwardTo = httpAddress(flags['forward-to'] ?? '');
  if (!forwardTo) mistakes.push('--forward-to needs a local address, such as http://localhost:3333/api/slack.');
  const server = httpAddress(value('server', 'QUAYSIDE_URL') || 'http://127.0.0.1:3000');
  if (!server) mistakes.push('--server is not an address: it must start with http:// or https://.');
  const clientId = value('client-id', 'QUAYSIDE_CLIENT_ID');
  if (clientId === '') mistakes.push('The client id is missing: give --client-id or set QUAYSIDE_CLIENT_ID.');
  const clientSecret = value('client-secret', 'QUAYSIDE_CLIENT_SECRET');
  if (clientSecret === '') mistakes.push('The client secret is missing: set QUAYSIDE_CLIENT_SECRET.');
  if (!forwardTo || !server || mistakes.length > 0) return { mistakes };
  return {
    settings: {
      server: server.href.replace(/\/+$/, ''),
      credentials: { clientId, clientSecret },
      forwardTo,
      channelId: flags.channel,
    },
  };
}

function readFlags(args: readonly string[]): Flags | { mistakes: readonly string[] } | { helpWanted: true } {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'forward-to': text,
        channel: text,
        server: text,
        'client-id': text,
        'client-secret': text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    return values.help === true ? { helpWanted: true } : values;
  } catch (error) {
    return { mistakes: [error instanceof Error ? error.message : 'The arguments cannot be read.'] };
  }
}

function httpAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
