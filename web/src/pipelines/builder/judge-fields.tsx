import { ActionIcon, Button, MultiSelect, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { peopleSource, teamsSource } from '../../access/directory.ts';
import { helpBelow } from '../../ui/field-layout.ts';
import { SearchedField } from '../../ui/searched-field.tsx';
import type { Fields } from '../wire.ts';
import classes from './builder.module.css';
import {
  approversIn,
  countOf,
  escalationMinutes,
  groupsOf,
  type JudgeGroup,
  type Named,
  namedIn,
  namesGroups,
  quorumKindOf,
  quorumKinds,
  type QuorumKind,
  standingRoles,
  texts,
  withApprovers,
  withCount,
  withEscalation,
  withGroups,
  withQuorumKind,
} from './judge-terms.ts';

interface JudgeFieldsProps {
  /** A judgment's: of a stage, or of a constraint of a delivery config. */
  readonly terms: Fields;
  /** Of a field, or of what is in it. */
  readonly errorAt: (key: string) => string | undefined;
  /** Takes the fields that change; those that are undefined go. */
  readonly onChange: (change: Fields) => void;
}

/** Who decides a judgment, how many of them have to, and who is asked when nobody does. */
export function JudgeFields({ terms, errorAt, onChange }: JudgeFieldsProps) {
  const { t } = useTranslation('pipelines');
  const kind = quorumKindOf(terms);
  return (
    <fieldset className={classes['group']}>
      <legend>{t('judges.title')}</legend>
      {kind !== 'groups' && <Deciders {...{ terms, errorAt, onChange }} />}
      <div className={classes['two']}>
        <Select
          label={t('judges.howMany')}
          description={kind === null ? t('builder.inJson') : t(`judges.help.${kind}`)}
          inputWrapperOrder={helpBelow}
          data={quorumKinds.map((value) => ({ value, label: t(`judges.kind.${value}`) }))}
          value={kind}
          allowDeselect={false}
          error={kind === 'groups' || kind === 'count' ? undefined : errorAt('quorum')}
          onChange={(next) => next !== null && onChange(withQuorumKind(terms, next as QuorumKind))}
        />
        {kind === 'count' && (
          <NumberInput
            label={t('judges.count')}
            min={1}
            max={100}
            allowDecimal={false}
            value={countOf(terms)}
            error={errorAt('quorum') ?? errorAt('minimumApprovals')}
            onChange={(next) => onChange(withCount(next))}
          />
        )}
      </div>
      {kind === 'groups' && (
        <GroupList groups={groupsOf(terms)} errorAt={errorAt} onChange={(groups) => onChange(withGroups(groups))} />
      )}
      <Escalation {...{ terms, errorAt, onChange }} />
    </fieldset>
  );
}

function Deciders({ terms, errorAt, onChange }: JudgeFieldsProps) {
  const { t } = useTranslation('pipelines');
  if (namesGroups(terms)) {
    return (
      <>
        <TagsInput
          label={t('field.selectedStageRoles.label')}
          description={t('field.selectedStageRoles.help')}
          inputWrapperOrder={helpBelow}
          error={errorAt('selectedStageRoles')}
          value={[...texts(terms['selectedStageRoles'])]}
          onChange={(next) => onChange({ selectedStageRoles: next.length === 0 ? undefined : next })}
        />
        <div>
          <Button size="xs" variant="default" onClick={() => onChange(withApprovers(approversIn(terms)))}>
            {t('judges.nameThem')}
          </Button>
        </div>
      </>
    );
  }
  if (typeof terms['approvers'] === 'string') return <p className={classes['help']}>{t('judges.expression')}</p>;
  return (
    <div role="group" aria-label={t('field.selectedStageRoles.label')} className={classes['card']}>
      <NamedFields
        value={approversIn(terms)}
        help={t('judges.anybody')}
        error={errorAt('approvers')}
        onChange={(named) => onChange(withApprovers(named))}
      />
    </div>
  );
}

interface GroupListProps {
  readonly groups: readonly JudgeGroup[];
  readonly errorAt: (key: string) => string | undefined;
  readonly onChange: (groups: readonly JudgeGroup[]) => void;
}

function GroupList({ groups, errorAt, onChange }: GroupListProps) {
  const { t } = useTranslation('pipelines');
  const change = (at: number, part: Partial<JudgeGroup>): void =>
    onChange(groups.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <>
      {groups.map((group, at) => (
        <div key={at} className={classes['card']} role="group" aria-label={group.name || t('judges.group')}>
          <div className={classes['naming']}>
            <TextInput
              label={t('judges.group')}
              placeholder={t('judges.groupExample')}
              value={group.name}
              error={errorAt(`quorum.groups[${at}].name`)}
              onChange={(event) => change(at, { name: event.currentTarget.value })}
            />
            <NumberInput
              label={t('judges.count')}
              min={1}
              max={100}
              allowDecimal={false}
              value={group.count}
              error={errorAt(`quorum.groups[${at}].count`)}
              onChange={(count) => change(at, { count })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('builder.removeRow')}
              disabled={groups.length === 1}
              onClick={() => onChange(groups.filter((_one, index) => index !== at))}
            >
              <IconX size={16} />
            </ActionIcon>
          </div>
          <NamedFields
            value={group.named}
            error={['users', 'roles', 'teams'].map((key) => errorAt(`quorum.groups[${at}].${key}`)).find(Boolean)}
            onChange={(named) => change(at, { named })}
          />
          <Told
            message={errorAt(`quorum.groups[${at}]`)}
            unless={['name', 'count', 'users', 'roles', 'teams'].some(
              (key) => errorAt(`quorum.groups[${at}].${key}`) !== undefined,
            )}
          />
        </div>
      ))}
      <Button
        size="xs"
        variant="default"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange([...groups, { name: '', count: 1, named: namedIn({}) }])}
      >
        {t('judges.addGroup')}
      </Button>
    </>
  );
}

function Escalation({ terms, errorAt, onChange }: JudgeFieldsProps) {
  const { t } = useTranslation('pipelines');
  const { escalation } = terms;
  const minutes = escalationMinutes(terms);
  const isOther = escalation !== undefined && escalation !== null && minutes === null;
  const named = namedIn(escalation);
  const inNames = ['users', 'roles', 'teams'].map((key) => errorAt(`escalation.${key}`)).find(Boolean);
  return (
    <>
      <NumberInput
        label={t('judges.escalate')}
        description={isOther ? t('builder.inJson') : t('judges.escalateHelp')}
        inputWrapperOrder={helpBelow}
        min={1}
        allowDecimal={false}
        disabled={isOther}
        value={minutes ?? ''}
        error={errorAt('escalation.after')}
        onChange={(next) => onChange(withEscalation(next, named))}
      />
      {minutes !== null && (
        <div className={classes['card']} role="group" aria-label={t('judges.escalateTo')}>
          <NamedFields
            value={named}
            error={inNames ?? (errorAt('escalation.after') === undefined ? errorAt('escalation') : undefined)}
            onChange={(next) => onChange(withEscalation(minutes, next))}
          />
        </div>
      )}
    </>
  );
}

interface NamedFieldsProps {
  readonly value: Named;
  readonly help?: string;
  readonly error: string | undefined;
  readonly onChange: (named: Named) => void;
}

/** Teams, people and roles, any of them. */
function NamedFields({ value, help, error, onChange }: NamedFieldsProps) {
  const { t } = useTranslation('pipelines');
  const { users, roles, teams } = value;
  return (
    <>
      <SearchedField
        source={teamsSource}
        words={{ label: t('judges.teams') }}
        multiple
        value={[...teams]}
        onChange={(next) => onChange({ ...value, teams: next })}
      />
      <div className={classes['two']}>
        <SearchedField
          source={peopleSource}
          words={{ label: t('judges.people') }}
          multiple
          value={[...users]}
          onChange={(next) => onChange({ ...value, users: next })}
        />
        <MultiSelect
          label={t('judges.roles')}
          data={[...new Set([...standingRoles, ...roles])]}
          value={[...roles]}
          onChange={(next) => onChange({ ...value, roles: next })}
        />
      </div>
      {help !== undefined && <p className={classes['help']}>{help}</p>}
      <Told message={error} unless={false} />
    </>
  );
}

function Told({ message, unless }: { readonly message: string | undefined; readonly unless: boolean }) {
  return message === undefined || unless ? null : (
    <p className={classes['error']} role="alert">
      {message}
    </p>
  );
}
