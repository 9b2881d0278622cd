import { Button } from '@mantine/core';
import {
  IconArrowNarrowRight,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconHistory,
  IconUserQuestion,
  type Icon,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { approvalQuery } from '../../approvals/api.ts';
import { ApprovalDetails } from '../../approvals/approval-details.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { Panel } from '../../ui/panel.tsx';
import { ErrorState, RowSkeletons, useErrorWords } from '../../ui/states.tsx';
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import {
  askAgain,
  type Environment,
  type EnvironmentArtifact,
  type EnvironmentVersion,
  environmentsQuery,
} from './api.ts';
import classes from './environments.module.css';

const looks: Readonly<Record<EnvironmentVersion['status'], { readonly tone: Tone; readonly icon: Icon }>> = {
  current: { tone: 'good', icon: IconCircleCheck },
  approved: { tone: 'good', icon: IconCircleCheck },
  previous: { tone: 'mute', icon: IconHistory },
  pending: { tone: 'warn', icon: IconUserQuestion },
  rejected: { tone: 'bad', icon: IconCircleX },
  waiting: { tone: 'mute', icon: IconCircleDashed },
};

interface EnvironmentBoardProps {
  readonly application: string;
  readonly environments: readonly Environment[];
}

/** Environments from left to right, each with the versions in it and on their way to it. */
export function EnvironmentBoard({ application, environments }: EnvironmentBoardProps) {
  const { t } = useTranslation('environments');
  const client = useQueryClient();
  const [judging, setJudging] = useState<string | null>(null);
  const close = (): void => {
    setJudging(null);
    void client.invalidateQueries({ queryKey: environmentsQuery(application).queryKey });
  };
  return (
    <>
      <div className={classes['board']}>
        {environments.map((environment) => (
          <Panel key={environment.name} title={environment.name} flush aside={<Rule environment={environment} />}>
            {environment.artifacts.length === 0 && <p className={classes['quiet']}>{t('noArtifacts')}</p>}
            {environment.artifacts.map((artifact) => (
              <Artifact key={artifact.reference} {...{ application, artifact }} onJudge={setJudging} />
            ))}
          </Panel>
        ))}
      </div>
      {judging !== null && <JudgeDrawer key={judging} approval={judging} onClose={close} />}
    </>
  );
}

function Rule({ environment: { dependsOn, judged } }: { readonly environment: Environment }) {
  const { t } = useTranslation('environments');
  return (
    <span className={classes['rule']}>
      {dependsOn.length > 0 && (
        <>
          {dependsOn.join(', ')} <IconArrowNarrowRight size={14} aria-label={t('before')} />
        </>
      )}
      {t(judged ? 'judged' : 'byItself')}
    </span>
  );
}

const SHOWN = 6;

interface ArtifactProps {
  readonly application: string;
  readonly artifact: EnvironmentArtifact;
  readonly onJudge: (approval: string) => void;
}

function Artifact({ application, artifact, onJudge }: ArtifactProps) {
  const { t } = useTranslation('environments');
  const [all, setAll] = useState(false);
  const { versions } = artifact;
  const shown = all ? versions : versions.slice(0, SHOWN);
  return (
    <section className={classes['artifact']}>
      <h3>
        {artifact.reference} <small>{artifact.type}</small>
      </h3>
      {versions.length === 0 && <p className={classes['quiet']}>{t('noVersions')}</p>}
      <ul>
        {shown.map((version) => (
          <Version key={version.version} {...{ application, version, onJudge }} />
        ))}
      </ul>
      {versions.length > SHOWN && !all && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
          {t('showAll', { count: versions.length })}
        </Button>
      )}
    </section>
  );
}

interface VersionProps {
  readonly application: string;
  readonly version: EnvironmentVersion;
  readonly onJudge: (approval: string) => void;
}

function Version({ application, version, onJudge }: VersionProps) {
  const { t } = useTranslation('environments');
  const { tone, icon } = looks[version.status];
  const { constraint } = version;
  return (
    <li className={classes['version']} data-status={version.status}>
      <div className={classes['versionHead']}>
        <code>{version.version}</code>
        <StatusBadge tone={tone} icon={icon} size="sm">
          {t(`status.${version.status}`)}
        </StatusBadge>
      </div>
      <p className={classes['told']}>
        {constraint?.judgedBy != null && t(judgedWords(constraint.status), { name: constraint.judgedBy })}
        {constraint?.judgedBy == null && t('reported', { name: version.reportedBy })}{' '}
        <RelativeTime at={constraint?.judgedAt ?? version.reportedAt} />
      </p>
      {constraint !== null && constraint.comment !== null && <p className={classes['told']}>{constraint.comment}</p>}
      {constraint !== null && constraint.approval !== null && (
        <Button
          size="compact-sm"
          aria-label={t('judgeVersion', { version: version.version })}
          onClick={() => onJudge(constraint.approval ?? '')}
        >
          {t('judge')}
        </Button>
      )}
      {version.status === 'rejected' && constraint !== null && (
        <AskAgain application={application} constraint={constraint.id} version={version.version} />
      )}
    </li>
  );
}

function judgedWords(status: string): 'approvedBy' | 'rejectedBy' {
  return status === 'OVERRIDE_PASS' || status === 'PASS' ? 'approvedBy' : 'rejectedBy';
}

interface AskAgainProps {
  readonly application: string;
  readonly constraint: string;
  readonly version: string;
}

function AskAgain({ application, constraint, version }: AskAgainProps) {
  const { t } = useTranslation('environments');
  const words = useErrorWords();
  const client = useQueryClient();
  const ask = useMutation({
    mutationFn: async () => askAgain(application, constraint),
    onSettled: async () => client.invalidateQueries({ queryKey: environmentsQuery(application).queryKey }),
  });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        loading={ask.isPending}
        aria-label={t('askAgainAbout', { version })}
        onClick={() => ask.mutate()}
      >
        {t('askAgain')}
      </Button>
      {ask.isError && (
        <p className={classes['error']} role="alert">
          {words(ask.error)}
        </p>
      )}
    </>
  );
}

function JudgeDrawer({ approval: id, onClose }: { readonly approval: string; readonly onClose: () => void }) {
  const { t } = useTranslation('environments');
  const approval = useQuery(approvalQuery(id));
  return (
    <Drawer label={t('judgement')} head={<h2>{approval.data?.title ?? t('judgement')}</h2>} onClose={onClose}>
      {approval.isPending && <RowSkeletons rows={3} height={72} />}
      {approval.isError && <ErrorState error={approval.error} retry={approval.refetch} />}
      {approval.isSuccess && <ApprovalDetails approval={approval.data} inPlace />}
    </Drawer>
  );
}
