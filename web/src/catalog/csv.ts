import type { Blueprint, Entity, Json, Scorecard } from '../api/wire.ts';
import { propertiesOf } from './columns.ts';

const text = (value: Json | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);

/** Quoted where needed; a leading =, +, - or @ is disarmed, since spreadsheets would compute it. */
export function csvField(value: Json | undefined): string {
  const plain = text(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf(blueprint: Blueprint, scorecards: readonly Scorecard[], rows: readonly Entity[]): string {
  const properties = propertiesOf(blueprint);
  const relations = Object.keys(blueprint.relations);
  const head = [
    'identifier',
    'title',
    'team',
    ...scorecards.map((one) => one.identifier),
    ...properties.map((one) => one.key),
    ...relations,
  ];
  const lines = rows.map((row) => [
    row.identifier,
    row.title,
    row.team.join(' '),
    ...scorecards.map((one) => row.scorecards?.[one.identifier]?.level ?? ''),
    ...properties.map((one) => row.properties[one.key]),
    ...relations.map((key) => row.relations[key]),
  ]);
  return [head, ...lines]
    .map((line) => line.map((value) => csvField(value as Json | undefined)).join(','))
    .join('\r\n');
}

export function downloadCsv(
  name: string,
  blueprint: Blueprint,
  scorecards: readonly Scorecard[],
  rows: readonly Entity[],
): void {
  const address = URL.createObjectURL(new Blob([csvOf(blueprint, scorecards, rows)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
