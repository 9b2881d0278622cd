import { Button } from '@mantine/core';
import { IconArrowRight, IconDownload } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { withWords } from '../i18n/i18n.ts';
import { Fact, Facts } from '../ui/facts.tsx';
import { Markdown } from '../ui/markdown.tsx';
import { RelativeTime } from '../ui/time.tsx';
import { Who } from '../ui/who.tsx';
import { recordAddress, type ApprovalDetail } from './api.ts';
import classes from './approval-details.module.css';
import { ApprovalSection, HeadingProvider } from './approval-section.tsx';
import { Deciders } from './deciders.tsx';
import { DecisionForm } from './decision-form.tsx';
import { Votes } from './votes.tsx';

const loadUndelivered = withWords(() => import('../slack/undelivered-messages.tsx'), 'slackapp');
const UndeliveredMessages = lazy(async () => ({ default: (await loadUndelivered()).UndeliveredMessages }));

interface ApprovalDetailsProps {
  readonly approval: ApprovalDetail;
  /** On the page of the very thing it is about: no way there is needed. */
  readonly inPlace?: boolean;
  readonly heading?: 'h2' | 'h3';
}

/** Everything about one approval: what will happen, who may decide, what was voted, and the buttons. */
export function ApprovalDetails({ approval, inPlace = false, heading = 'h3' }: ApprovalDetailsProps) {
  const { t } = useTranslation('approvals');
  return (
    <HeadingProvider value={heading}>
      <div className={classes['details']}>
        {approval.decision !== null && <Decision decision={approval.decision} />}
        <ApprovalSection title={t(approval.state === 'open' ? 'happens' : 'wasAsked')}>
          {approval.summary !== '' && <Markdown value={approval.summary} />}
          <Facts>
            {approval.facts.map(({ label, value }) => (
              <Fact key={label} label={factLabel(label, t)}>
                <span className={classes['value']}>{value}</span>
              </Fact>
            ))}
          </Facts>
        </ApprovalSection>
        {approval.instructions !== null && (
          <ApprovalSection title={t('instructions')}>
            <Markdown value={approval.instructions} />
          </ApprovalSection>
        )}
        {approval.state === 'open' && <Deciders approval={approval} />}
        {approval.votes.length > 0 && <Votes votes={approval.votes} />}
        {approval.state === 'open' && <DecisionForm approval={approval} />}
        <Suspense>
          <UndeliveredMessages approval={approval.id} />
        </Suspense>
        <footer className={classes['foot']}>
          {!inPlace && approval.link !== null && (
            <Button
              component="a"
              href={approval.link}
              variant="default"
              size="compact-sm"
              rightSection={<IconArrowRight size={14} />}
            >
              {t('openSubject')}
            </Button>
          )}
          <Button
            component="a"
            href={recordAddress(approval.id)}
            download={`${approval.id}.json`}
            variant="subtle"
            size="compact-sm"
            leftSection={<IconDownload size={14} />}
          >
            {t('record')}
          </Button>
        </footer>
      </div>
    </HeadingProvider>
  );
}

/** Facts that Quayside adds itself have words in both languages. */
const knownFacts = {
  'Requested by': 'requestedBy',
  Calls: 'calls',
  Entity: 'entity',
  Application: 'application',
  Pipeline: 'pipeline',
  Stage: 'stage',
  'Started by': 'startedBy',
  Environment: 'environment',
  Artifact: 'artifact',
  Version: 'version',
  'Reported by': 'reportedBy',
} as const;

function factLabel(label: string, t: TFunction<'approvals'>): string {
  return label in knownFacts ? t(`fact.${knownFacts[label as keyof typeof knownFacts]}`) : label;
}

function Decision({ decision }: { readonly decision: NonNullable<ApprovalDetail['decision']> }) {
  const { t } = useTranslation('approvals');
  return (
    <section className={classes['decision']}>
      <div className={classes['line']}>
        <Who name={decision.byName} />
        {decision.through !== null && <span>{t(`votes.through.${decision.through}`)}</span>}
        <RelativeTime at={decision.at} />
      </div>
      {decision.input !== null && <code>{decision.input}</code>}
      {decision.comment !== null && <p>{decision.comment}</p>}
    </section>
  );
}
