import type { Setting } from '#platform/config/setting.ts';
import { settings } from './settings.ts';

/** The page of all settings, made from their declarations. */
export function settingsPage(): string {
  const rows = Object.values<Setting<unknown>>(settings).map(
    (setting) =>
      `| \`${setting.name}\` | ${setting.defaultText === '' ? '' : `\`${setting.defaultText}\``} | ${setting.description}${setting.secret ? ' Secret.' : ''} |`,
  );
  return `# Settings

Environment variables. All mistakes are reported together at start, and an unknown \`QUAYSIDE_\` variable is one.

| name | default | meaning |
| --- | --- | --- |
${rows.join('\n')}
`;
}
