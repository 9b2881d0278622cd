export type WorkflowStatus = 'queued' | 'in_progress' | 'completed';
export type WorkflowConclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

/** One run of a workflow. The runner changes it in place; everybody else gets copies. */
export interface WorkflowRun {
  readonly id: number;
  readonly number: number;
  readonly owner: string;
  readonly repository: string;
  readonly workflow: { readonly id: number; readonly name: string; readonly file: string };
  readonly title: string;
  readonly ref: string;
  readonly sha: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  status: WorkflowStatus;
  conclusion: WorkflowConclusion | null;
  startedAt: Date | null;
  updatedAt: Date;
  readonly jobs: WorkflowJobRun[];
}

export interface WorkflowJobRun {
  readonly id: number;
  readonly name: string;
  status: WorkflowStatus;
  conclusion: WorkflowConclusion | null;
  startedAt: Date | null;
  completedAt: Date | null;
  readonly steps: WorkflowStepRun[];
  /** Lines with their time, secrets masked. */
  readonly log: string[];
}

export interface WorkflowStepRun {
  readonly name: string;
  readonly number: number;
  status: WorkflowStatus;
  conclusion: WorkflowConclusion | null;
  startedAt: Date | null;
  completedAt: Date | null;
}
