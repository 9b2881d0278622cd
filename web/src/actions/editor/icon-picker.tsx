import { Popover, TextInput, UnstyledButton } from '@mantine/core';
import { IconAnchor, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NamedIcon } from '../../ui/icon.tsx';
import classes from './icon-picker.module.css';

/** Names that definitions made for Port use and that are drawn here. */
const names = [
  'Actions',
  'Alert',
  'Api',
  'AWS',
  'Azure',
  'Blueprint',
  'Bolt',
  'Calendar',
  'Cloud',
  'Cluster',
  'Config',
  'Database',
  'Day2Operation',
  'Deployment',
  'DeploymentConfig',
  'Docs',
  'Domain',
  'Environment',
  'File',
  'Flag',
  'GCP',
  'Git',
  'Github',
  'GithubActions',
  'GitLab',
  'Link',
  'Lock',
  'Microservice',
  'Organization',
  'Package',
  'PagerDuty',
  'Rocket',
  'Server',
  'Service',
  'Settings',
  'Shield',
  'Slack',
  'System',
  'Team',
  'Terminal',
  'Tool',
  'User',
  'World',
  'k8s',
] as const;

interface IconPickerProps {
  readonly label: string;
  readonly value: string;
  /** Shown while none is chosen. */
  readonly fallback?: string | null | undefined;
  readonly onChange: (name: string | undefined) => void;
}

/** An icon by its name. A name that is not drawn here may be written; it is kept. */
export function IconPicker({ label, value, fallback, onChange }: IconPickerProps) {
  const { t } = useTranslation('action-editor');
  const [open, setOpen] = useState(false);
  const [query, setQuery] = useState('');
  const found = names.filter((name) => name.toLowerCase().includes(query.trim().toLowerCase()));
  const pick = (name: string | undefined): void => {
    onChange(name);
    setOpen(false);
    setQuery('');
  };
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" width={316} trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton
          className={classes['target'] ?? ''}
          aria-label={value === '' ? label : t('icon.chosen', { label, name: value })}
          title={value === '' ? label : value}
          onClick={() => setOpen(!open)}
        >
          <NamedIcon name={value === '' ? fallback : value} fallback={IconAnchor} size={20} />
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <TextInput
          data-autofocus
          aria-label={t('icon.search')}
          placeholder={t('icon.search')}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && query.trim() !== '') pick(found[0] ?? query.trim());
          }}
        />
        <div className={classes['grid']}>
          {found.map((name) => (
            <button key={name} type="button" aria-pressed={name === value} title={name} onClick={() => pick(name)}>
              <NamedIcon name={name} size={20} />
              <span className="visually-hidden">{name}</span>
            </button>
          ))}
        </div>
        {found.length === 0 && (
          <button type="button" className={classes['own']} onClick={() => pick(query.trim())}>
            {t('icon.own', { name: query.trim() })}
          </button>
        )}
        {value !== '' && (
          <button type="button" className={classes['own']} onClick={() => pick(undefined)}>
            {t('icon.none')}
          </button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}
