import {
  IconAnchor,
  IconBrandGithub,
  IconBrandSlack,
  IconChecklist,
  IconFilterCheck,
  IconHourglass,
  IconPuzzle,
  IconRoute,
  IconUserQuestion,
  IconVariable,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';

/** Types in the order in which they are offered; others that a server knows follow. */
export const knownTypes = [
  'manualJudgment',
  'runAction',
  'evaluateScorecard',
  'checkPreconditions',
  'slackMessage',
  'webhook',
  'githubWorkflow',
  'wait',
  'evaluateVariables',
  'pipeline',
] as const;

const icons: Readonly<Record<(typeof knownTypes)[number], Icon>> = {
  manualJudgment: IconUserQuestion,
  runAction: IconAnchor,
  evaluateScorecard: IconChecklist,
  checkPreconditions: IconFilterCheck,
  slackMessage: IconBrandSlack,
  webhook: IconWebhook,
  githubWorkflow: IconBrandGithub,
  wait: IconHourglass,
  evaluateVariables: IconVariable,
  pipeline: IconRoute,
};

export const stageIcon = (type: string): Icon => (icons as Readonly<Record<string, Icon>>)[type] ?? IconPuzzle;
