import type { SlackCounterpart } from './counterparts/slack/slack-counterpart.ts';

/** The local Slack as its page uses it: read by everybody, pressed by whoever is signed in. */
export type SampleSlack = Pick<
  SlackCounterpart,
  'channels' | 'channel' | 'listMessages' | 'users' | 'click' | 'personFor' | 'ephemerals' | 'setInteractivityUrl'
>;
