import { Collapse, UnstyledButton } from '@mantine/core';
import { IconChevronRight, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Blueprint, Scorecard } from '../api/wire.ts';
import { Chip } from '../ui/chip.tsx';
import type { RuleSummary } from './api.ts';
import { conditionWords } from './condition-words.ts';
import classes from './rules-by-failure.module.css';

interface RulesProps {
  readonly rules: readonly RuleSummary[];
  readonly scorecard: Scorecard;
  readonly blueprint: Blueprint | undefined;
}

/** Rules, the most broken first; each opens to who fails it and what it asks. */
export function RulesByFailure({ rules, scorecard, blueprint }: RulesProps) {
  return (
    <ul className={classes['rules']}>
      {rules
        .toSorted((left, right) => right.failed - left.failed)
        .map((rule, index) => (
          <RuleRow key={rule.identifier} rule={rule} scorecard={scorecard} blueprint={blueprint} open={index === 0} />
        ))}
    </ul>
  );
}

function RuleRow({
  rule,
  scorecard,
  blueprint,
  open: first,
}: { readonly rule: RuleSummary; readonly open: boolean } & Omit<RulesProps, 'rules'>) {
  const { t, i18n } = useTranslation('scorecards');
  const [open, setOpen] = useState(first && rule.failed > 0);
  const total = rule.passed + rule.failed;
  const definition = scorecard.rules.find((one) => one.identifier === rule.identifier);
  const rest = rule.failed - rule.failing.length;
  return (
    <li>
      <UnstyledButton className={classes['row']} onClick={() => setOpen(!open)} aria-expanded={open}>
        <IconChevronRight size={16} aria-hidden data-open={open || undefined} />
        <span className={classes['title']}>
          {rule.title}
          <Chip color={scorecard.levels.find((level) => level.title === rule.level)?.color}>{rule.level}</Chip>
        </span>
        <span className={classes['bar']} aria-hidden>
          <span style={{ width: `${total === 0 ? 0 : (rule.passed / total) * 100}%` }} />
        </span>
        <span className={classes['figures']}>
          {rule.failed === 0 ? t('rules.allPass') : t('rules.fail', { failed: rule.failed, total })}
          {rule.exempt !== undefined && rule.exempt > 0 && ` · ${t('exemptions:count', { count: rule.exempt })}`}
        </span>
      </UnstyledButton>
      <Collapse expanded={open}>
        <div className={classes['detail']}>
          {definition !== undefined && (
            <p>
              {t('rules.asks')}{' '}
              {definition.query.conditions.map((condition, index) => (
                <span key={index}>
                  {index > 0 && ` ${t(`combinator.${definition.query.combinator}`)} `}
                  {conditionWords(condition, blueprint, t, i18n.language)}
                </span>
              ))}
            </p>
          )}
          {rule.failing.length === 0 ? (
            <span className={classes['none']}>
              <IconCircleCheck size={15} aria-hidden />
              {t('rules.nobody')}
            </span>
          ) : (
            <ul className={classes['failing']}>
              {rule.failing.map((entity) => (
                <li key={entity.identifier}>
                  <Link
                    to="/catalog/$blueprint/$identifier"
                    params={{ blueprint: scorecard.blueprint, identifier: entity.identifier }}
                    search={{ tab: 'scorecards' }}
                  >
                    {entity.title}
                  </Link>
                  <small>{entity.team ?? t('rules.noTeam')}</small>
                </li>
              ))}
              {rest > 0 && <li>{t('rules.more', { count: rest })}</li>}
            </ul>
          )}
        </div>
      </Collapse>
    </li>
  );
}
