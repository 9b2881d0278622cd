import type { WriteContext } from '#platform/commands/write-context.ts';

/** What a decision can be about. Another kind is added here and plugged in as the README tells. */
export const subjectKinds = ['run', 'stage', 'constraint', 'exemption'] as const;
export type SubjectKindName = (typeof subjectKinds)[number];

/** One try of one thing: a restarted stage has a new attempt, so that an old card cannot judge it. */
export interface ApprovalSubject {
  readonly kind: SubjectKindName;
  readonly id: string;
  readonly attempt: number;
}

/** Owners and policies are resolved by who asks. Roles and teams are looked at again whenever somebody decides. */
export interface Approvers {
  /** E-mails. */
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly teams: readonly string[];
}

export interface ApproverGroup {
  readonly name: string;
  readonly approvers: Approvers;
  readonly count: number;
}

/** How many have to approve; one who rejects is always enough. `all` means everybody who may decide at that time. */
export type Quorum = 'any' | 'all' | { readonly count: number } | { readonly groups: readonly ApproverGroup[] };

export type ApprovalState = 'open' | 'approved' | 'rejected' | 'expired' | 'cancelled' | 'voided';
export type Verdict = 'approve' | 'reject';

/** The door a decision came through. */
export type Through = 'web' | 'api' | 'slack' | 'cli' | 'gate' | 'timeout';

/** When a notification is sent; reminders and escalations go to who is told of `awaiting`. */
export type NotificationMoment = 'awaiting' | 'approved' | 'rejected';

interface NotificationTerms {
  /** All moments when absent; an expiry is told to who is told of `rejected`. */
  readonly when?: readonly NotificationMoment[];
  /** In place of the usual words, by moment. */
  readonly texts?: Readonly<Partial<Record<NotificationMoment, string>>>;
}

export type ApprovalNotification = NotificationTerms &
  (
    | { readonly via: 'slack'; readonly channel: string }
    | { readonly via: 'email'; readonly address: string }
    /** An e-mail to everybody who may decide by name, role or team. */
    | { readonly via: 'approvers' }
    /**
     * `slack` and `teams` post a message to an incoming webhook of theirs; `json` is the default, and tells programs
     * what it is about as whoever asks puts it.
     */
    | {
        readonly via: 'webhook';
        readonly url: string;
        readonly format?: 'json' | 'slack' | 'teams';
        readonly about?: Readonly<Record<string, unknown>>;
      }
  );

/** One of the options a judge chooses from. */
export interface ApprovalInput {
  readonly value: string;
  readonly label?: string;
}

/** Everything about the question beside its words. */
export interface ApprovalTerms {
  readonly approvers: Approvers;
  readonly quorum: Quorum;
  readonly allowSelfApproval: boolean;
  readonly labels: { readonly approve: string; readonly reject: string };
  readonly inputs: readonly ApprovalInput[];
  /** Markdown. */
  readonly instructions: string | null;
  /** A question to answer once more before approving; null asks nothing. */
  readonly confirm: string | null;
  readonly timeout: { readonly at: string; readonly outcome: 'approve' | 'reject' | 'expire' } | null;
  readonly remindEveryMs: number | null;
  readonly escalation: { readonly afterMs: number; readonly approvers: Approvers } | null;
  readonly notifications: readonly ApprovalNotification[];
}

export interface ApprovalFact {
  readonly label: string;
  readonly value: string;
}

/** Roles or teams one of which somebody has to be in, beside being asked. Administrators and credentials always may. */
export interface Audience {
  readonly readers: readonly string[];
  readonly deciders: readonly string[];
}

/** What somebody asks for; terms that are left out take the usual values. */
export interface ApprovalRequest extends Partial<Omit<ApprovalTerms, 'approvers'>> {
  readonly subject: ApprovalSubject;
  readonly title: string;
  /** Safe markdown: what will happen. */
  readonly summary: string;
  readonly facts?: readonly ApprovalFact[];
  /** A path in the portal. */
  readonly link?: string | null;
  /** `hashContent` of what is approved. */
  readonly contentHash: string;
  readonly requestedBy: string;
  readonly requestedByName: string;
  /** Credentials that acted in the name of `requestedBy`: they do not approve it either. */
  readonly impersonatedBy?: string | null;
  readonly private?: boolean;
  /** Everybody who is asked when absent. */
  readonly audience?: Audience | null;
  readonly approvers: Approvers;
}

/** Why an approval is no longer open; absent people are Quayside itself. */
export interface ApprovalDecision {
  readonly by: string;
  readonly byName: string;
  readonly through: Through | null;
  readonly comment: string | null;
  readonly input: string | null;
  readonly at: string;
}

/** An approval as it stands. */
export interface Approval {
  readonly orgId: string;
  readonly id: string;
  readonly subject: ApprovalSubject;
  readonly title: string;
  readonly summary: string;
  readonly facts: readonly ApprovalFact[];
  readonly link: string | null;
  readonly contentHash: string;
  readonly requestedBy: string;
  readonly requestedByName: string;
  readonly impersonatedBy: string | null;
  readonly requestedAt: Date;
  readonly private: boolean;
  readonly terms: ApprovalTerms;
  readonly state: ApprovalState;
  readonly decision: ApprovalDecision | null;
  readonly closedAt: Date | null;
  readonly remindersSent: number;
  readonly escalatedAt: Date | null;
  readonly dueAt: Date | null;
  readonly version: number;
  readonly updatedAt: Date;
}

export interface Vote {
  readonly voterId: string;
  readonly voterName: string;
  readonly voterEmail: string | null;
  readonly verdict: Verdict;
  readonly comment: string | null;
  readonly input: string | null;
  readonly through: Through;
  /** Ids of those whose places were taken by delegation. */
  readonly onBehalfOf: readonly string[];
  readonly at: Date;
}

export interface Delegation {
  readonly fromPerson: string;
  readonly toPerson: string;
  readonly reason: string | null;
  readonly delegatedBy: string;
  readonly at: Date;
}

/**
 * How a kind of subject takes part. `lock` locks the subject's row before the approval's, the one order in which both
 * are ever locked; `closed` carries out what the decision means for it, in the transaction that decided.
 */
export interface SubjectKind {
  readonly kind: SubjectKindName;
  readonly lock?: (ctx: WriteContext, subject: ApprovalSubject) => Promise<void>;
  readonly closed?: (ctx: WriteContext, approval: Approval) => Promise<void>;
}
