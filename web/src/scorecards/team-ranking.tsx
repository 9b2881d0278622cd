import { useTranslation } from 'react-i18next';
import type { TeamSummary } from './api.ts';
import classes from './team-ranking.module.css';

const share = (team: TeamSummary): number => (team.totalRules === 0 ? 0 : team.passedRules / team.totalRules);

/** Teams by the share of rules their entities pass. */
export function TeamRanking({ teams }: { readonly teams: readonly TeamSummary[] }) {
  const { t, i18n } = useTranslation('scorecards');
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 0 });
  return (
    <ol className={classes['teams']}>
      {teams
        .toSorted((left, right) => share(right) - share(left))
        .map((team, index) => (
          <li key={team.team ?? ''}>
            <span className={classes['rank']}>{index + 1}</span>
            <span className={classes['name']} data-none={team.team === null || undefined}>
              {team.team ?? t('rules.noTeam')}
              <small>{t('index.entities', { count: team.entities })}</small>
            </span>
            <span className={classes['bar']} aria-hidden>
              <span style={{ width: `${share(team) * 100}%` }} />
            </span>
            <b title={t('passedOf', { passed: team.passedRules, total: team.totalRules })}>
              {percent.format(share(team))}
            </b>
          </li>
        ))}
    </ol>
  );
}
