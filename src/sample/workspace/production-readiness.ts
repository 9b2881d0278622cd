import type { ScorecardBody } from '#scorecards/contract.ts';

/** The scorecard of the reminder guides: each rule is met by some services and missed by others. */
export const productionReadiness: ScorecardBody = {
  identifier: 'ProductionReadiness',
  title: 'Production Readiness',
  levels: [
    { title: 'Basic', color: 'paleBlue' },
    { title: 'Bronze', color: 'bronze' },
    { title: 'Silver', color: 'silver' },
    { title: 'Gold', color: 'gold' },
  ],
  rules: [
    {
      identifier: 'has-owner',
      title: 'Has an owning team',
      description: 'Somebody answers for it.',
      level: 'Bronze',
      query: isNotEmpty('$team'),
    },
    {
      identifier: 'has-on-call',
      title: 'Has somebody on call',
      description: 'Alerts reach a person.',
      level: 'Bronze',
      query: isNotEmpty('on_call'),
    },
    {
      identifier: 'has-readme',
      title: 'Has a README',
      description: 'A newcomer learns what it does.',
      level: 'Bronze',
      query: isNotEmpty('readme'),
    },
    {
      identifier: 'has-runbook',
      title: 'Has a runbook',
      description: 'What to do at three in the morning.',
      level: 'Silver',
      query: isNotEmpty('runbook'),
    },
    {
      identifier: 'has-channel',
      title: 'Has a Slack channel',
      description: 'Where to ask.',
      level: 'Silver',
      query: isNotEmpty('slack_channel'),
    },
    {
      identifier: 'has-slo',
      title: 'Has an availability objective',
      description: 'So that “slow” has a meaning.',
      level: 'Gold',
      query: isNotEmpty('slo'),
    },
    {
      identifier: 'is-tested',
      title: 'Test coverage of 70 % or more',
      description: 'Changes are safe to make.',
      level: 'Gold',
      query: { combinator: 'and', conditions: [{ property: 'test_coverage', operator: '>=', value: 70 }] },
    },
  ],
};

function isNotEmpty(property: string) {
  return { combinator: 'and', conditions: [{ property, operator: 'isNotEmpty' }] };
}
