import type { JsonObject } from '#platform/json.ts';

export interface Level {
  readonly title: string;
  readonly color: string;
}

export interface ScorecardRule {
  readonly identifier: string;
  readonly title: string;
  readonly description?: string;
  readonly level: string;
  readonly query: JsonObject;
}

/** What somebody defines, levels filled in. */
export interface ScorecardDefinition {
  readonly identifier: string;
  readonly title: string;
  readonly filter?: JsonObject;
  /** Lowest first; everybody starts on the first. */
  readonly levels: readonly Level[];
  readonly rules: readonly ScorecardRule[];
  readonly properties?: JsonObject;
}

/** A scorecard on the wire. */
export interface ScorecardDocument extends ScorecardDefinition {
  readonly id: string;
  readonly blueprint: string;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

export interface Scorecard {
  readonly document: ScorecardDocument;
  readonly version: number;
}

export const defaultLevels: readonly Level[] = [
  { title: 'Basic', color: 'paleBlue' },
  { title: 'Bronze', color: 'bronze' },
  { title: 'Silver', color: 'silver' },
  { title: 'Gold', color: 'gold' },
];
