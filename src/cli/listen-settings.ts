import { parseArgs } from 'node:util';
import type { CliIo } from './cli-io.ts';
import { httpAddress, portalFlagsHelp, type PortalSettings, readPortalSettings } from './portal-settings.ts';

export interface ListenSettings extends PortalSettings {
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
${portalFlagsHelp}`;

type Flags = Partial<Record<'forward-to' | 'channel' | 'server' | 'client-id' | 'client-secret', string>>;

/** Flags first, then the environment. Tells all mistakes at once. */
export function readListenSettings(args: readonly string[], env: CliIo['env']): ReadListenSettings {
  const flags = readFlags(args);
  if ('helpWanted' in flags || 'mistakes' in flags) return flags;

  const mistakes: string[] = [];
  const forwardTo = httpAddress(flags['forward-to'] ?? '');
  if (!forwardTo) mistakes.push('--forward-to needs a local address, such as http://localhost:3333/api/slack.');
  const portal = readPortalSettings(flags, env, mistakes);
  if (!forwardTo || portal === null) return { mistakes };
  return { settings: { ...portal, forwardTo, channelId: flags.channel } };
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
