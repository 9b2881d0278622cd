import type { Entity } from '../api/wire.ts';

/** An entity whose page was open in this browser. */
export interface ViewedEntity {
  readonly blueprint: string;
  readonly identifier: string;
  readonly title: string;
  readonly icon: string | null;
  readonly at: string;
}

/** Of one person: browsers are shared. */
const keyOf = (person: string): string => `quayside-viewed-${person}`;
const MOST = 20;

const isViewed = (one: unknown): one is ViewedEntity =>
  typeof one === 'object' &&
  one !== null &&
  ['blueprint', 'identifier', 'title', 'at'].every((key) => typeof (one as Record<string, unknown>)[key] === 'string');

/** Newest first; told to nobody. */
export function viewedEntities(person: string): readonly ViewedEntity[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(keyOf(person)) ?? '[]');
    return Array.isArray(read) ? read.filter(isViewed) : [];
  } catch {
    return [];
  }
}

export function rememberViewed(person: string, { blueprint, identifier, title, icon = null }: Entity): void {
  const others = viewedEntities(person).filter((one) => one.blueprint !== blueprint || one.identifier !== identifier);
  const viewed = { blueprint, identifier, title, icon, at: new Date().toISOString() };
  try {
    localStorage.setItem(keyOf(person), JSON.stringify([viewed, ...others].slice(0, MOST)));
  } catch {
    // No room; nothing depends on it.
  }
}
