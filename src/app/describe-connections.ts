import type { Connections } from '#integrations/routes.ts';
import type { AppOptions } from './build-app.ts';

/** What the settings page shows of Slack and GitHub. */
export function describeConnections({ config, emulatorAddresses = [] }: AppOptions): Connections {
  const isEmulated = (url: string): boolean => emulatorAddresses.includes(new URL(url).host);
  const { slackBotToken, slackWebhookUrl, slackApiUrl, githubToken, githubApiUrl } = config;
  const mode = slackBotToken !== null ? 'bot' : slackWebhookUrl !== null ? 'webhook' : 'none';
  const github = githubToken !== null;
  return {
    slack: { configured: mode !== 'none', mode, emulated: mode === 'bot' && isEmulated(slackApiUrl) },
    github: { configured: github, apiUrl: github ? githubApiUrl : null, emulated: github && isEmulated(githubApiUrl) },
  };
}
