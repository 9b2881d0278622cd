import type { CliIo } from './cli-io.ts';
import type { Credentials } from './portal-client.ts';

export interface PortalSettings {
  /** Without a slash at the end. */
  readonly server: string;
  readonly credentials: Credentials;
}

type Flags = Partial<Record<'server' | 'client-id' | 'client-secret', string>>;

export const portalFlagsHelp = `  --server URL           your Quayside; else QUAYSIDE_URL, else http://127.0.0.1:3000
  --client-id ID         else QUAYSIDE_CLIENT_ID
  --client-secret TEXT   else QUAYSIDE_CLIENT_SECRET (the variable stays out of process lists)`;

/** Flags first, then the environment. What is wrong is added to `mistakes`, and the answer is null. */
export function readPortalSettings(flags: Flags, env: CliIo['env'], mistakes: string[]): PortalSettings | null {
  const value = (flag: keyof Flags, variable: string): string => flags[flag] ?? env[variable]?.trim() ?? '';
  const server = httpAddress(value('server', 'QUAYSIDE_URL') || 'http://127.0.0.1:3000');
  if (!server) mistakes.push('--server is not an address: it must start with http:// or https://.');
  const clientId = value('client-id', 'QUAYSIDE_CLIENT_ID');
  if (clientId === '') mistakes.push('The client id is missing: give --client-id or set QUAYSIDE_CLIENT_ID.');
  const clientSecret = value('client-secret', 'QUAYSIDE_CLIENT_SECRET');
  if (clientSecret === '') mistakes.push('The client secret is missing: set QUAYSIDE_CLIENT_SECRET.');
  if (!server || clientId === '' || clientSecret === '') return null;
  return { server: server.href.replace(/\/+$/, ''), credentials: { clientId, clientSecret } };
}

export function httpAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url : undefined;
}
