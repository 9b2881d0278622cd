import type { RunRow } from './run.ts';

/** The evaluated invocation of a run as it is sent; `type` names the backend. */
export interface Invocation {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface DispatchRequest {
  readonly run: RunRow;
  readonly invocation: Invocation;
  /**
   * Set when an earlier call began and its outcome was never written down (the process died). The backend looks
   * whether it arrived, or answers `unknown`; it must not simply call again.
   */
  readonly earlierCallAt: Date | null;
  readonly followedByOthers: FollowedByOthers;
  /** How many earlier runs wait and say so with this label, for backends that keep the order; counts up to `most`. */
  readonly waitingBefore: (label: string, most: number) => Promise<number>;
}

/** What other runs already follow (`BackendState.followed`), so that one piece of work is not taken for two runs' work. */
export type FollowedByOthers = () => Promise<readonly string[]>;

/** What came of calling the backend. Log lines are added to the run in the same step. */
export type DispatchOutcome =
  /** The backend has it and will report by itself. */
  | {
      readonly outcome: 'called';
      readonly log?: readonly string[];
      readonly link?: string;
      readonly backend?: BackendState;
    }
  /** The backend did it; the run ends. */
  | {
      readonly outcome: 'ended';
      readonly status: 'SUCCESS' | 'FAILURE';
      readonly statusLabel?: string;
      readonly log?: readonly string[];
      readonly response?: unknown;
      readonly link?: string;
    }
  /** It may or may not have arrived. The run stays open and says so; with a state, following it may still tell. */
  | { readonly outcome: 'unknown'; readonly log: readonly string[]; readonly backend?: BackendState }
  /** Certainly not done, and worth trying again; the job gives up after some tries and ends the run. */
  | {
      readonly outcome: 'later';
      readonly afterMs: number | null;
      readonly log: readonly string[];
      /**
       * Never given up; the run says this meanwhile, and its log says why once. When one that said so is called, the
       * next one that says it is tried at once.
       */
      readonly keepsTrying?: string;
    }
  /** An agent is to fetch the run over the API: this installation of one, or any. */
  | { readonly outcome: 'offered'; readonly installationId: string | null; readonly log?: readonly string[] }
  /** Nobody took it, and nobody will unless somebody fetches the run over the API. */
  | { readonly outcome: 'waiting'; readonly log: readonly string[] };

/** What a backend remembers of its work, to follow it. */
export interface BackendState {
  /** Names the work at the other side once it is known; only one run may follow it. */
  readonly followed?: string | null;
  /** There is nothing more to learn by asking. */
  readonly over?: boolean;
  readonly [key: string]: unknown;
}

export type FollowOutcome =
  | {
      readonly outcome: 'again';
      readonly afterMs: number;
      readonly link?: string;
      readonly log?: readonly string[];
      readonly backend?: BackendState;
    }
  | {
      readonly outcome: 'ended';
      readonly status: 'SUCCESS' | 'FAILURE';
      readonly statusLabel?: string;
      readonly link?: string;
      readonly log?: readonly string[];
      readonly backend?: BackendState;
    }
  /** There is nothing more to learn by asking. */
  | {
      readonly outcome: 'over';
      /** For runs that nobody else ends; a label that the run has already stays. */
      readonly statusLabel?: string;
      readonly link?: string;
      readonly log?: readonly string[];
      readonly backend?: BackendState;
    };

export interface FollowRequest {
  readonly run: RunRow;
  readonly askedTimes: number;
  readonly followedByOthers: FollowedByOthers;
}

/** What a run keeps sealed until it is sent. */
export interface SealedInvocation {
  readonly invocation: Invocation;
  /** Secrets in it: kept out of whatever the backend answers. */
  readonly hiddenTexts: readonly string[];
}

export interface PrepareRequest {
  /** The action's invocation method with its templates evaluated. */
  readonly method: Readonly<Record<string, unknown>>;
  /** 1 or 2: the shape in which the action was saved. */
  readonly shape: number;
  readonly runId: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The body that every backend got in version 1; still what a method without a body of its own sends. */
  readonly legacyBody: Readonly<Record<string, unknown>>;
}

/** Something that can do what an action asks for. It uses the network; it never touches the database. */
export interface RunBackend {
  readonly type: string;
  /**
   * Turns an evaluated method into what will be sent, or refuses it with a Problem while the caller still waits.
   * Changes nothing anywhere.
   */
  prepare?(request: PrepareRequest): Promise<Invocation>;
  dispatch(request: DispatchRequest): Promise<DispatchOutcome>;
  /** For backends whose status Quayside follows by asking; called until it says `ended` or `over`. */
  follow?(request: FollowRequest): Promise<FollowOutcome>;
}
