import { missingTexts } from './field-rules.ts';
import type { StageKind } from './stage-kind.ts';

const longestText = 10_000;

/** Posts a message to a channel. The job that does it reports what became of it. */
export const slackMessageStage: StageKind = {
  type: 'slackMessage',
  check: (stage) => missingTexts(stage, ['channel', 'message']),
  begin: async ({ config }) => ({
    step: 'waiting',
    wait: { for: 'message' },
    context: { channel: String(config['channel']), message: String(config['message']).slice(0, longestText) },
  }),
};
