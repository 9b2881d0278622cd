/** Shapes as they cross the wire. Only what the interface reads. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface PropertySchema {
  readonly type: 'string' | 'number' | 'boolean' | 'object' | 'array';
  readonly title?: string;
  readonly description?: string;
  readonly icon?: string;
  readonly format?: string;
  readonly spec?: string;
  readonly enum?: readonly (string | number)[];
  readonly enumColors?: Readonly<Record<string, string>>;
  readonly items?: {
    readonly type?: string;
    readonly format?: string;
    readonly enum?: readonly string[];
    readonly enumColors?: Readonly<Record<string, string>>;
    readonly blueprint?: string;
    readonly dataset?: UserInput['dataset'];
  };
  readonly default?: unknown;
  readonly colors?: Readonly<Record<string, string>>;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

export interface Relation {
  readonly title?: string;
  readonly description?: string;
  readonly target: string;
  readonly required?: boolean;
  readonly many?: boolean;
}

export interface Blueprint {
  readonly identifier: string;
  readonly title: string;
  readonly description?: string | null;
  readonly icon?: string | null;
  readonly ownership?: { readonly type: string; readonly title?: string; readonly path?: string };
  readonly teamInheritance?: { readonly path?: string };
  readonly schema: {
    readonly properties: Readonly<Record<string, PropertySchema>>;
    readonly required: readonly string[];
  };
  readonly mirrorProperties: Readonly<Record<string, { readonly path: string; readonly title?: string }>>;
  readonly calculationProperties: Readonly<Record<string, PropertySchema & { readonly calculation: string }>>;
  readonly aggregationProperties: Readonly<Record<string, { readonly title?: string }>>;
  readonly relations: Readonly<Record<string, Relation>>;
  readonly changelogDestination?: { readonly type?: string; readonly url?: string };
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface RuleResult {
  readonly identifier: string;
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly level: string;
  /** It counts as passed although it does not hold. */
  readonly exemption?: ExemptionMark;
}

export interface ExemptionMark {
  readonly id: string;
  readonly until: string;
  readonly approvedBy: string | null;
}

export interface Entity {
  readonly identifier: string;
  readonly title: string;
  readonly icon?: string | null;
  readonly blueprint: string;
  readonly team: readonly string[];
  readonly properties: Readonly<Record<string, Json>>;
  readonly relations: Readonly<Record<string, string | readonly string[] | null>>;
  readonly scorecards?: Readonly<Record<string, { readonly level: string; readonly rules: readonly RuleResult[] }>>;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

export interface Condition {
  readonly property?: string;
  readonly relation?: string;
  readonly operator: string;
  readonly value?: Json;
  readonly not?: boolean;
}

export interface Level {
  readonly title: string;
  readonly color: string;
}

export interface Scorecard {
  readonly id?: string;
  readonly identifier: string;
  readonly title: string;
  readonly blueprint: string;
  readonly filter?: { readonly combinator: 'and' | 'or'; readonly conditions: readonly Condition[] };
  readonly levels: readonly Level[];
  readonly rules: readonly {
    readonly identifier: string;
    readonly title: string;
    readonly description?: string;
    readonly level: string;
    readonly query: { readonly combinator: 'and' | 'or'; readonly conditions: readonly Condition[] };
  }[];
  readonly updatedAt?: string;
}

export interface UserInput extends PropertySchema {
  readonly blueprint?: string;
  readonly visible?: unknown;
  readonly disabled?: unknown;
  readonly dataset?: { readonly combinator: string; readonly rules: readonly Json[] };
  readonly encryption?: unknown;
  readonly sort?: { readonly property: string; readonly order: string };
}

export interface UserInputs {
  readonly properties?: Readonly<Record<string, UserInput>>;
  readonly required?: readonly string[] | { readonly jqQuery: string };
  readonly order?: readonly string[];
  readonly steps?: readonly { readonly title: string; readonly order: readonly string[] }[];
  readonly titles?: Readonly<Record<string, { readonly title: string; readonly description?: string }>>;
}

export type Operation = 'CREATE' | 'DAY-2' | 'DELETE';

export interface Action {
  readonly id?: string;
  readonly identifier: string;
  readonly title?: string;
  readonly icon?: string | null;
  readonly description?: string | null;
  readonly trigger: {
    readonly type: string;
    readonly operation: Operation;
    readonly blueprintIdentifier?: string;
    readonly userInputs?: UserInputs;
    readonly condition?: { readonly combinator: string; readonly rules: readonly Json[] };
    readonly actionCardButtonText?: string;
    readonly executeActionButtonText?: string;
  };
  readonly invocationMethod: { readonly type: string; readonly [key: string]: unknown };
  readonly requiredApproval?: unknown;
  readonly publish?: boolean;
}

export type RunStatus = 'SUCCESS' | 'FAILURE' | 'IN_PROGRESS' | 'WAITING_FOR_APPROVAL' | 'DECLINED';

export interface Named {
  readonly identifier: string;
  readonly title?: string | null;
  readonly icon?: string | null;
  readonly deleted?: boolean;
}

export interface Run {
  readonly id: string;
  readonly status: RunStatus;
  readonly statusLabel?: string | null;
  readonly blueprint?: Named | null;
  readonly entity?: Named | null;
  readonly action: Named;
  readonly properties: Readonly<Record<string, Json>>;
  /** As they were sent, entities by identifier. */
  readonly rawProperties?: Readonly<Record<string, Json>>;
  readonly endedAt: string | null;
  /** How far the call to the backend came. */
  readonly dispatchState?: 'waiting' | 'calling' | 'called' | 'unknown' | 'failed' | 'offered';
  /** When the run is ended by itself. */
  readonly deadline?: string;
  /** False, or how many have to approve. */
  readonly requiredApproval?: false | { readonly type: 'ANY' | 'ALL' };
  readonly source: string;
  readonly link?: string | readonly string[] | null;
  readonly summary?: string | null;
  readonly message?: Json;
  readonly payload?: Json;
  readonly response?: Json;
  readonly createdBy: string;
  readonly updatedBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface RunLog {
  readonly id: string;
  readonly message: string;
  readonly createdAt: string;
}

export interface TimelineEntry {
  readonly at: string;
  readonly kind:
    | 'asked'
    | 'dispatched'
    | 'log'
    | 'entity-changed'
    | 'updated'
    | 'ended'
    | 'failed'
    | 'approval-asked'
    | 'approval-voted'
    | 'approval-reminded'
    | 'approval-escalated'
    | 'approval-delegated'
    | 'approval-approved'
    | 'approval-rejected'
    | 'approval-expired';
  readonly title?: string;
  readonly by?: { readonly kind: string; readonly id?: string; readonly name: string };
  readonly entity?: string;
  readonly blueprint?: string;
  readonly action?: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly diff?: Diff;
  readonly message?: string;
}

export interface Diff {
  readonly before: Readonly<Record<string, Json>> | null;
  readonly after: Readonly<Record<string, Json>> | null;
}

export interface Audit {
  readonly identifier: string;
  readonly action: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly resourceType: string;
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly message?: string;
  readonly trigger: {
    readonly by: {
      readonly orgId?: string;
      readonly userId?: string;
      readonly user?: { readonly email?: string; readonly firstName?: string; readonly lastName?: string };
    };
    readonly origin: string;
    readonly at: string;
  };
  readonly context: Readonly<Record<string, string | null | undefined>>;
  readonly diff?: Diff;
  /** It stands for so many alike, or for more than were looked at. */
  readonly group?: { readonly count: number; readonly more: boolean };
}

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly roles: readonly string[];
  readonly teams: readonly string[];
  readonly language?: string | null;
}

export interface Session {
  readonly person: Person;
  readonly organisation: { readonly id: string; readonly name: string; readonly sample: boolean };
  readonly csrfToken: string;
}

export interface User {
  readonly id?: string;
  readonly email: string;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly status: string;
  /** `SERVICE_ACCOUNT` for programs. */
  readonly type?: string;
  readonly roles?: readonly (string | { readonly name: string })[];
  readonly teams?: readonly (string | { readonly name: string })[];
  readonly createdAt?: string;
}

export interface Team {
  readonly id?: string;
  readonly name: string;
  readonly description?: string | null;
  readonly users?: readonly {
    readonly email: string;
    readonly firstName?: string | null;
    readonly lastName?: string | null;
  }[];
}
