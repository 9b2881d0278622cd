import { queryOptions } from '@tanstack/react-query';
import { get, path, post } from '../api/client.ts';
import type { Block } from './blocks.ts';

export interface Channel {
  readonly id: string;
  readonly name: string;
}

export interface Message {
  readonly ts: string;
  readonly userName: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly at: string;
  readonly onlyYou?: boolean;
}

const base = '/api/v1/sample/slack/channels';

export const channelsQuery = queryOptions({
  queryKey: ['slack', 'channels'],
  queryFn: async ({ signal }) => (await get<{ channels: readonly Channel[] }>(base, { signal })).channels,
});

const POLL_MS = 2000;

/** Messages arrive from outside the event log, so this one list is asked for again and again. */
export const messagesQuery = (channel: string) =>
  queryOptions({
    queryKey: ['slack', 'messages', channel],
    queryFn: async ({ signal }) =>
      (await get<{ messages: readonly Message[] }>(path(base, channel, 'messages'), { signal })).messages,
    refetchInterval: POLL_MS,
  });

export interface PressedButton {
  readonly channel: string;
  readonly ts: string;
  readonly actionId: string;
  readonly choices: Readonly<Record<string, string>>;
}

/** As Slack does when somebody presses a button: signed, and for the reader. */
export const pressButton = ({ channel, ts, actionId, choices }: PressedButton): Promise<unknown> =>
  post(path(base, channel, 'messages', ts, 'press'), { actionId, choices });
