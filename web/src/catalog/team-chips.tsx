import { useTranslation } from 'react-i18next';
import { Chip } from '../ui/chip.tsx';

/** Owning teams, or the plain statement that nobody owns it. */
export function TeamChips({ teams }: { readonly teams: readonly string[] }) {
  const { t } = useTranslation('catalog');
  if (teams.length === 0) return <span style={{ color: 'var(--q-text-3)' }}>{t('team.none')}</span>;
  return (
    <span style={{ display: 'inline-flex', gap: 4, overflow: 'hidden' }}>
      {teams.map((team) => (
        <Chip key={team} color="darkGray">
          {team}
        </Chip>
      ))}
    </span>
  );
}
