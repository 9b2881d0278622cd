import type { TestAnswer } from '../start-app.ts';

export interface Request {
  readonly path: string;
  readonly body?: unknown;
}

/** What examples stand in: things by these names exist, and calls that must succeed make more. */
export interface World {
  readonly run: string;
  readonly credential: string;
  readonly spareCredential: string;
  readonly person: string;
  /** Until all that was begun is done. */
  settle(): Promise<void>;
  /** Calls the API and fails the test when that is refused. */
  make(method: string, path: string, body?: unknown): Promise<TestAnswer>;
}

type Ask = Request | ((world: World) => Promise<Request>);

/** One answer of a route that is not its usual one. */
export interface OtherAnswer {
  readonly status: number;
  readonly error?: string;
  readonly ask: Ask;
}

/** How a route of Port is asked so that it answers each status which Port describes for it. */
export interface Example {
  readonly ask: Ask;
  /** Whose answer it is; API credentials' unless told. */
  readonly by?: 'administrator';
  /** Of the usual answer. */
  readonly status: number;
  /** Something that is not there; a path with a parameter is tried with an unknown name unless told. */
  readonly missing?: Ask;
  /** Something that does not fit the route; a route with a body is tried with a text unless told. */
  readonly invalid?: Ask;
  readonly others?: readonly OtherAnswer[];
  /** Statuses that Port describes and that cannot come about, each with the reason. */
  readonly never?: Readonly<Record<number, string>>;
}

/** By method and path, parameters without their names, as `routeShape` gives them. */
export type Examples = Readonly<Record<string, Example>>;

export async function requestOf(ask: Ask, world: World): Promise<Request> {
  return typeof ask === 'function' ? ask(world) : ask;
}

/** A list of the organisation is there even when nothing is in it. */
export const isThere = { 404: 'the list itself is always there' } as const;
/** Nothing in the request could be wrong. */
export const takesNothing = { 422: 'the request has neither body nor options' } as const;

let count = 0;

/** A name nothing else has. */
export function fresh(): string {
  count += 1;
  return `made-${count}`;
}
