import type { Connections } from '#integrations/routes.ts';
import { transportOf } from '#slack/connection.ts';
import type { SlackConnections } from '#slack/connection-store.ts';
import type { AppOptions } from './build-app.ts';

/** What the settings page shows of Slack and GitHub. */
export async function describeConnections(
  options: AppOptions,
  slack: SlackConnections,
  orgId: string,
): Promise<Connections> {
  const connection = await slack.of(orgId);
  const mode = transportOf(connection)?.kind ?? 'none';
  const emulated = mode === 'bot' && connection !== null && isEmulated(options, connection.apiUrl);
  const { githubToken, githubApiUrl } = options.config;
  const github = githubToken !== null;
  return {
    slack: { configured: mode !== 'none', mode, emulated },
    github: {
      configured: github,
      apiUrl: github ? githubApiUrl : null,
      emulated: github && isEmulated(options, githubApiUrl),
    },
  };
}

/** Answered by the sample workspace's own server. */
export function isEmulated({ emulatorAddresses = [] }: AppOptions, url: string): boolean {
  return emulatorAddresses.includes(new URL(url).host);
}
