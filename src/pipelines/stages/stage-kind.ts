import type { Actor } from '#platform/commands/actor.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import type { StageStatus } from '../execution-rules.ts';
import type { ExecutionRow, StageRow, Wait } from '../execution.ts';
import type { StageConfig } from '../pipeline.ts';

/** One type of stage: what it needs to be told, and what it does. */
export interface StageKind {
  readonly type: string;
  /** Its expressions are not evaluated before it begins: it does that itself. */
  readonly rendersItself?: boolean;
  /** What is wrong with its fields when it is saved; texts with expressions are let through. */
  readonly check: (stage: StageConfig) => readonly FieldProblem[];
  /** Decides what beginning it means. Reads only, before any lock: writes go into an effect. */
  readonly begin: (request: BeginRequest) => Promise<StageStep>;
  /** Whether what it waits for has happened; null while it has not. Reads only. */
  readonly look?: (request: LookRequest) => Promise<StageStep | null>;
  /** Takes back what it asked for, in the transaction that ends or restarts it. */
  readonly withdraw?: (ctx: WriteContext, stage: StageRow, reason: string) => Promise<void>;
}

export interface FieldProblem {
  /** Within the stage, e.g. `preconditions[0].context.expression`. */
  readonly field: string;
  readonly message: string;
}

export interface BeginRequest {
  readonly execution: ExecutionRow;
  readonly stage: StageRow;
  /** With its expressions evaluated, unless the kind does that itself. */
  readonly config: StageConfig;
  /** What expressions may speak of. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly now: Date;
  /** Who the stage acts as. */
  readonly actor: Actor;
}

export interface LookRequest {
  readonly execution: ExecutionRow;
  readonly stage: StageRow;
  readonly config: StageConfig;
  readonly now: Date;
}

export type StageStep =
  | {
      readonly step: 'ended';
      readonly status: 'SUCCEEDED' | 'SKIPPED' | 'CANCELED';
      readonly context?: Readonly<Record<string, unknown>>;
      readonly outputs?: Readonly<Record<string, unknown>>;
      readonly lastModified?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly step: 'failed';
      readonly error: string;
      /** Instead of what the stage's failure options say. */
      readonly status?: Extract<StageStatus, 'TERMINAL' | 'STOPPED' | 'FAILED_CONTINUE' | 'CANCELED'>;
      readonly context?: Readonly<Record<string, unknown>>;
      readonly lastModified?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly step: 'waiting';
      readonly wait: Wait;
      readonly context?: Readonly<Record<string, unknown>>;
      readonly sealed?: string;
    }
  /** Waits for something that has to be written together with the stage. */
  | {
      readonly step: 'asking';
      readonly context?: Readonly<Record<string, unknown>>;
      readonly ask: (ctx: WriteContext) => Promise<Wait>;
    };
