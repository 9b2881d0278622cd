import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { get, path, post, remove, request } from '../api/client.ts';

export interface SlackConnection {
  readonly source: 'settings' | 'environment';
  readonly mode: 'bot' | 'webhook';
  readonly botName: string;
  readonly channel: string | null;
  readonly language: 'en' | 'zh-CN';
  readonly approveLabel: string | null;
  readonly rejectLabel: string | null;
  readonly hasAppToken: boolean;
  /** The connection of Socket Mode; null without an app-level token, or while no process holds one. */
  readonly socket: { readonly state: 'connecting' | 'open' | 'failed'; readonly error: string | null } | null;
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
    /** Without addresses, for a server that Slack cannot reach. */
    readonly socketManifest: { readonly json: string; readonly yaml: string };
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
  readonly appToken?: string | null;
  readonly approveLabel?: string | null;
  readonly rejectLabel?: string | null;
}

export const saveConnection = (body: ConnectionChange, version: string): Promise<SlackSetup> =>
  request<SlackSetup>('PUT', base, { body, version });
export const testConnection = (): Promise<SlackSetup> => post<SlackSetup>(`${base}/test`);
export const sendTestMessage = (): Promise<{ readonly channel: string }> => post(`${base}/test-message`);
export const forgetConnection = (version: string): Promise<unknown> => remove(base, { version });

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isMember: boolean;
  readonly canPost: boolean;
}

export interface ChannelAnswer {
  /** False where there is nothing to choose from: no bot, or an incoming webhook. */
  readonly searchable: boolean;
  readonly refreshing: boolean;
  readonly error: string | null;
  readonly channels: readonly SlackChannel[];
}

export const channelsQuery = (text: string) =>
  queryOptions({
    queryKey: ['slack', 'channels', text],
    queryFn: ({ signal }) => get<ChannelAnswer>(`${base}/channels?q=${encodeURIComponent(text)}`, { signal }),
    // While Slack is being asked there may be more in a moment.
    refetchInterval: ({ state }) => (state.data?.refreshing === true ? 1_500 : false),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });

export interface FailedMessage {
  readonly approvalId: string;
  readonly place: string;
  readonly kind: string;
  readonly title: string;
  readonly approvalState: string;
  readonly state: 'wanted' | 'undeliverable' | 'unknown';
  readonly error: string;
  /** Slack's code, where it is one that says what to do. */
  readonly code: string | null;
  readonly requestedAt: string;
}

export const failedMessagesQuery = queryOptions({
  queryKey: ['slack', 'failed-messages'],
  queryFn: async ({ signal }) =>
    (await get<{ messages: readonly FailedMessage[] }>(`${base}/messages`, { signal })).messages,
});

export const resendMessage = ({ approvalId, place, kind }: FailedMessage): Promise<unknown> =>
  post(`${base}/messages/resend`, { approvalId, place, kind });

export interface Undelivered extends Pick<FailedMessage, 'kind' | 'state' | 'error' | 'code'> {
  readonly id: string;
  readonly to: { readonly as: 'channel' | 'private-channel' | 'person' | 'webhook'; readonly name?: string };
  readonly since: string;
}

const messagesOf = (approval: string): string => path('/api/v1/approvals', approval, 'slack-messages');

export const undeliveredQuery = (approval: string) =>
  queryOptions({
    queryKey: ['slack', 'undelivered', approval],
    queryFn: ({ signal }) =>
      get<{ messages: readonly Undelivered[]; mayResend: boolean }>(messagesOf(approval), { signal }),
    retry: false,
  });

export const resendFromApproval = (approval: string, message: string): Promise<unknown> =>
  post(`${messagesOf(approval)}/${encodeURIComponent(message)}/resend`);

export interface OfferedLink {
  readonly slackName: string;
  readonly slackUserId: string;
  readonly teamId: string;
  /** What the workspace is called, where Slack said so. */
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
