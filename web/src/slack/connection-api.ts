import { queryOptions } from '@tanstack/react-query';
import { get, path, post, remove, request } from '../api/client.ts';

export interface SlackConnection {
  readonly source: 'settings' | 'environment';
  readonly mode: 'bot' | 'webhook';
  readonly botName: string;
  readonly channel: string | null;
  readonly language: 'en' | 'zh-CN';
  readonly hasBotToken: boolean;
  readonly signingSecrets: number;
  readonly hasWebhookUrl: boolean;
  readonly workspace: { readonly team: string; readonly url: string; readonly botName: string } | null;
  readonly missingScopes: { readonly needed: readonly string[]; readonly useful: readonly string[] };
  readonly checkedAt: string | null;
  readonly emulated: boolean;
}

export interface SlackSetup {
  readonly connection: SlackConnection | null;
  readonly app: {
    readonly requestUrl: string;
    readonly scopes: readonly string[];
    readonly manifest: { readonly json: string; readonly yaml: string };
  };
  /** The ETag of what was read. */
  readonly version: string;
}

const base = '/api/v1/integrations/slack';

export const slackSetupQuery = queryOptions({
  queryKey: ['slack', 'connection'],
  queryFn: ({ signal }) => get<SlackSetup>(base, { signal }),
});

export interface ConnectionChange {
  readonly mode?: 'bot' | 'webhook';
  readonly botToken?: string | null;
  readonly signingSecret?: string | null;
  readonly keepFormerSecret?: boolean;
  readonly webhookUrl?: string | null;
  readonly botName?: string;
  readonly channel?: string | null;
  readonly language?: 'en' | 'zh-CN';
}

export const saveConnection = (body: ConnectionChange, version: string): Promise<SlackSetup> =>
  request<SlackSetup>('PUT', base, { body, version });
export const testConnection = (): Promise<SlackSetup> => post<SlackSetup>(`${base}/test`);
export const sendTestMessage = (): Promise<{ readonly channel: string }> => post(`${base}/test-message`);
export const forgetConnection = (version: string): Promise<unknown> => remove(base, { version });

export interface OfferedLink {
  readonly slackName: string;
  readonly workspace: string | null;
  readonly expiresAt: string;
}

export const linkQuery = (token: string) =>
  queryOptions({
    queryKey: ['slack', 'link', token],
    queryFn: async ({ signal }) =>
      (await get<{ link: OfferedLink }>(path('/api/v1/slack/links', token), { signal })).link,
    retry: false,
  });

export const confirmLink = (token: string): Promise<unknown> => post(path('/api/v1/slack/links', token));
