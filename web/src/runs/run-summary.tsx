import { IconAlarm, IconClock, IconHourglass, IconMailbox, IconWorld } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { peopleQuery } from '../access/api.ts';
import { useIsAdmin } from '../access/use-is-admin.ts';
import type { Run } from '../api/wire.ts';
import { credentialsQuery } from '../settings/api.ts';
import { Identifier } from '../ui/identifier.tsx';
import { humanDuration, RelativeTime, useNow } from '../ui/time.tsx';
import { looksLikePerson, Who } from '../ui/who.tsx';
import { isOver, timelineQuery } from './api.ts';
import classes from './run-summary.module.css';

const SECOND = 1000;

interface Known {
  readonly name: string;
  readonly machine: boolean;
}

/**
 * Who stands behind a user id, an e-mail or, for administrators, a client id; whoever is none of them is told by the
 * look of the name.
 */
export function useKnown(): (id: string) => Known {
  const { data: people = [] } = useQuery(peopleQuery);
  const { data: credentials = [] } = useQuery({ ...credentialsQuery, enabled: useIsAdmin() });
  return (id) => {
    const person = people.find((one) => one.id === id || one.email === id);
    if (person === undefined) {
      const credential = credentials.find(({ clientId }) => clientId === id);
      return credential === undefined
        ? { name: id, machine: !looksLikePerson(id) }
        : { name: credential.name, machine: true };
    }
    const name = `${person.firstName ?? ''} ${person.lastName ?? ''}`.trim();
    return { name: name === '' ? person.email : name, machine: false };
  };
}

/** Credentials have a name, too, which the run's own history tells. */
function useAsker(run: Run): Known {
  const known = useKnown()(run.createdBy);
  const { data: timeline = [] } = useQuery(timelineQuery(run.id));
  const asked = timeline.find(({ kind }) => kind === 'asked')?.by;
  return known.machine && asked?.id === run.createdBy ? { ...known, name: asked.name } : known;
}

/** Who asked, when, and how long it took or has been taking. */
export function RunSummary({ run }: { readonly run: Run }) {
  const { t, i18n } = useTranslation(['runs', 'run-tools']);
  const asker = useAsker(run);
  const now = useNow(isOver(run.status) ? 60 * SECOND : SECOND);
  const end = run.endedAt === null ? now : new Date(run.endedAt);
  return (
    <ul className={classes['facts']}>
      <li>
        <Who {...asker} />
      </li>
      <li>
        <IconClock size={15} aria-hidden />
        <RelativeTime at={run.createdAt} />
      </li>
      <li>
        <IconHourglass size={15} aria-hidden />
        <span className="visually-hidden">{t('page.duration')} </span>
        {humanDuration(end.getTime() - new Date(run.createdAt).getTime(), i18n.language)}
      </li>
      <li>
        <IconWorld size={15} aria-hidden />
        {t('page.source', { source: run.source })}
      </li>
      {!isOver(run.status) && run.deadline !== undefined && (
        <li>
          <IconAlarm size={15} aria-hidden />
          {t('deadline', { ns: 'run-tools', when: new Date(run.deadline).toLocaleString(i18n.language) })}
        </li>
      )}
      {run.status === 'IN_PROGRESS' && (run.dispatchState === 'offered' || run.dispatchState === 'waiting') && (
        <li>
          <IconMailbox size={15} aria-hidden />
          {t(`waits.${run.dispatchState}`, { ns: 'run-tools' })}
        </li>
      )}
      <li>
        <Identifier value={run.id} />
      </li>
    </ul>
  );
}
