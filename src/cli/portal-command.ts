import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { CliIo } from './cli-io.ts';
import { type PortalSettings, readPortalSettings } from './portal-settings.ts';

/** What a command that calls a portal was asked. */
export interface PortalCommand {
  readonly portal: PortalSettings;
  readonly words: readonly string[];
  readonly flags: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

type Read = PortalCommand | { readonly mistakes: readonly string[] } | { readonly helpWanted: true };

const text = { type: 'string' } as const;

/** Flags first, then the environment. Tells all mistakes at once. */
export function readPortalCommand(
  args: readonly string[],
  env: CliIo['env'],
  options: NonNullable<ParseArgsConfig['options']>,
): Read {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...options,
        server: text,
        'client-id': text,
        'client-secret': text,
        help: { type: 'boolean', short: 'h' },
      },
    });
    const flags = values as PortalCommand['flags'];
    if (flags['help'] === true) return { helpWanted: true };
    const mistakes: string[] = [];
    const portal = readPortalSettings(flags as Parameters<typeof readPortalSettings>[0], env, mistakes);
    return portal === null ? { mistakes } : { portal, words: positionals, flags };
  } catch (error) {
    return { mistakes: [error instanceof Error ? error.message : 'The arguments cannot be read.'] };
  }
}
