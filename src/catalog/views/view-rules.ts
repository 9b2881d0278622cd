import Type, { type Static } from 'typebox';
import { may } from '#access/permissions.ts';
import type { Actor } from '#platform/commands/actor.ts';
import type { JsonObject } from '#platform/json.ts';
import { problem, type Problem } from '#platform/problem.ts';
import { checkStorable } from '../check-storable.ts';
import { parseSearchRules } from '../rules/parse-rules.ts';

const closed = { additionalProperties: false };
const key = Type.String({ minLength: 1, maxLength: 207 });

/** Keys of columns are properties, relations, `$title` and its like, or `level:<scorecard>`; unknown ones are passed over. */
const Column = Type.Object(
  {
    key,
    hidden: Type.Optional(Type.Boolean()),
    width: Type.Optional(Type.Integer({ minimum: 40, maximum: 2_000 })),
  },
  closed,
);
export const ViewState = Type.Object(
  {
    columns: Type.Optional(Type.Array(Column, { maxItems: 1_000 })),
    /** Whether the first column stays in sight while one scrolls to the right. */
    pinned: Type.Optional(Type.Boolean()),
    /** A key, with "-" in front for the other direction. */
    sort: Type.Optional(Type.String({ maxLength: 208 })),
    filter: Type.Optional(Type.Object({}, { additionalProperties: true })),
    group: Type.Optional(Type.String({ maxLength: 207 })),
    q: Type.Optional(Type.String({ maxLength: 200 })),
  },
  closed,
);
const title = Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' });
const shared = Type.Boolean();
export const ViewBody = Type.Object({ title, shared: Type.Optional(shared), state: ViewState }, closed);
export const ViewPatch = Type.Object(
  { title: Type.Optional(title), shared: Type.Optional(shared), state: Type.Optional(ViewState) },
  closed,
);
/** Null lets the table open as it is without a view. */
export const DefaultBody = Type.Object(
  {
    view: Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 }),
    for: Type.Unsafe<'me' | 'everyone'>({ type: 'string', enum: ['me', 'everyone'] }),
  },
  closed,
);
export type ViewBody = Static<typeof ViewBody>;
export type ViewPatch = Static<typeof ViewPatch>;
export type DefaultBody = Static<typeof DefaultBody>;

export const viewLimit = 200;

/** A table as somebody likes to see it. */
export interface View {
  readonly id: string;
  readonly blueprint: string;
  readonly title: string;
  /** Seen by everybody who sees the table, or by who made it alone. */
  readonly shared: boolean;
  readonly state: JsonObject;
  readonly version: number;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly updatedAt: Date;
  readonly updatedBy: string;
}

/** Who made a view changes it; shared ones also whoever may change all entities of the blueprint. */
export function mayChangeView(actor: Actor, view: View): boolean {
  return view.createdBy === actor.id || (view.shared && may(actor, 'entity.write', { blueprint: view.blueprint }));
}

/** Refuses a state that could not be shown. */
export function checkViewState(state: JsonObject): void {
  const fault = checkStorable(state);
  if (fault !== null) throw invalidView('state', fault);
  if (state['filter'] !== undefined) parseSearchRules(state['filter'], 'state.filter');
  const keys = ((state['columns'] ?? []) as readonly { readonly key: string }[]).map((column) => column.key);
  const again = keys.findIndex((one, index) => keys.indexOf(one) !== index);
  if (again !== -1) throw invalidView(`state.columns[${again}].key`, 'names a column that is there already');
}

export function invalidView(path: string, message: string): Problem {
  return problem('invalid', 'invalid_request', `"${path}" ${message}.`, { errors: [{ path, message }] });
}

export function toWireView(view: View, actor: Actor): JsonObject {
  const { createdAt, updatedAt, ...rest } = view;
  return {
    ...rest,
    // Kept answers hold dates as texts.
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    mine: view.createdBy === actor.id,
    mayChange: mayChangeView(actor, view),
  };
}
