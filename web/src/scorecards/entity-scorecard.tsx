import { IconCircleCheck, IconCircleX, IconFlag3 } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Entity, Scorecard } from '../api/wire.ts';
import { Chip } from '../ui/chip.tsx';
import { Panel } from '../ui/panel.tsx';
import { Ring } from '../ui/ring.tsx';
import { conditionWords, presentValue, ruleStates, type RuleState } from './condition-words.ts';
import { RuleExemption } from './exemptions.tsx';
import classes from './entity-scorecard.module.css';

interface EntityScorecardProps {
  readonly entity: Entity;
  readonly blueprint: Blueprint;
  readonly scorecard: Scorecard;
}

export const levelColor = (scorecard: Scorecard, level: string | undefined): string | undefined =>
  scorecard.levels.find((one) => one.title === level)?.color;

/** Ring, level and the next rule to fix, small enough for the top of a page. */
export function ScorecardGlance({ entity, blueprint, scorecard }: EntityScorecardProps) {
  const { t, i18n } = useTranslation('scorecards');
  const { states, next } = ruleStates(entity, scorecard);
  const passed = states.filter((one) => one.passed).length;
  const level = entity.scorecards?.[scorecard.identifier]?.level;
  const condition = next?.query.conditions[0];
  return (
    <div className={classes['glance']}>
      <Ring
        part={passed}
        whole={states.length}
        color={levelColor(scorecard, level)}
        label={t('passedOf', { passed, total: states.length })}
      />
      <div className={classes['words']}>
        <div className={classes['line']}>
          <Link to="/scorecards/$blueprint/$id" params={{ blueprint: scorecard.blueprint, id: scorecard.identifier }}>
            {scorecard.title}
          </Link>
          {level !== undefined && (
            <Chip dot color={levelColor(scorecard, level)}>
              {level}
            </Chip>
          )}
        </div>
        {next === undefined ? (
          <span className={classes['done']}>
            <IconCircleCheck size={15} aria-hidden />
            {t('allPassed')}
          </span>
        ) : (
          <span className={classes['next']}>
            <IconFlag3 size={15} aria-hidden />
            <span>
              {t('next', { rule: next.title, level: next.level })}
              {condition !== undefined && <em>{conditionWords(condition, blueprint, t, i18n.language)}</em>}
            </span>
          </span>
        )}
      </div>
    </div>
  );
}

/** All rules by level: passed or failed, and for a failed one what it asks and what the entity has. */
export function EntityScorecard(props: EntityScorecardProps) {
  const { scorecard, entity } = props;
  const { states, next } = ruleStates(entity, scorecard);
  const levels = scorecard.levels.filter((level) => states.some((one) => one.rule.level === level.title));
  return (
    <Panel>
      <ScorecardGlance {...props} />
      <div className={classes['levels']}>
        {levels.map((level) => (
          <section key={level.title}>
            <h2>
              <Chip dot color={level.color}>
                {level.title}
              </Chip>
            </h2>
            <ul>
              {states
                .filter((one) => one.rule.level === level.title)
                .map((state) => (
                  <RuleRow key={state.rule.identifier} {...props} state={state} isNext={state.rule === next} />
                ))}
            </ul>
          </section>
        ))}
      </div>
    </Panel>
  );
}

function RuleRow({
  entity,
  blueprint,
  scorecard,
  state,
  isNext,
}: EntityScorecardProps & { readonly state: RuleState; readonly isNext: boolean }) {
  const { t, i18n } = useTranslation('scorecards');
  const { rule, passed } = state;
  const Mark = passed ? IconCircleCheck : IconCircleX;
  return (
    <li className={classes['rule']} data-passed={passed || undefined} data-next={isNext || undefined}>
      <Mark size={18} aria-hidden />
      <div>
        <strong>{rule.title}</strong>
        <span className={classes['verdict']}>
          {passed ? t('passed') : t('failed')}
          {isNext && ` · ${t('fixNext')}`}
        </span>
        {rule.description !== undefined && rule.description !== '' && <p>{rule.description}</p>}
        {!passed && (
          <ul className={classes['conditions']}>
            {rule.query.conditions.map((condition, index) => (
              <li key={index}>
                {index > 0 && <b>{t(`combinator.${rule.query.combinator}`)} </b>}
                {conditionWords(condition, blueprint, t, i18n.language)}
                <span>{t('nowIs', { value: presentValue(condition, entity, t, i18n.language) })}</span>
              </li>
            ))}
          </ul>
        )}
        <RuleExemption entity={entity} scorecard={scorecard} rule={rule} mark={state.exemption} passed={passed} />
      </div>
    </li>
  );
}
