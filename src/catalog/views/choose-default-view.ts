import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import type { Blueprints } from '../blueprint-queries.ts';
import { holdReadable } from './save-view.ts';
import { defaultEvent } from './view-events.ts';
import { type Defaults, readDefaults } from './view-queries.ts';
import { type DefaultBody, invalidView } from './view-rules.ts';
import { lockView, storeDefault } from './view-store.ts';

interface Choice {
  readonly blueprint: string;
  readonly body: DefaultBody;
}

/** With which view the table of a blueprint opens: for oneself, or for everybody who chose none. */
export function chooseDefaultView(blueprints: Blueprints): Command<Choice, Defaults> {
  return maybeSilent(async function chooseDefaultViewCommand(ctx: WriteContext, { blueprint, body }: Choice) {
    const isForAll = body.for === 'everyone';
    if (isForAll) authorize(ctx.actor, 'entity.write', { blueprint });
    else authorize(ctx.actor, 'catalog.read');
    await holdReadable(ctx, blueprints, blueprint);
    const view = body.view === null ? null : await lockView(ctx, blueprint, body.view);
    if (isForAll && view?.shared === false) throw invalidView('view', 'is seen by its owner alone: share it first');
    const before = await readDefaults(ctx.db, ctx.actor, blueprint);
    const was = isForAll ? before.everyone : before.own;
    const id = view?.id ?? null;
    if (was === id) return before;
    const person = isForAll ? '' : ctx.actor.id;
    await storeDefault(ctx, { blueprint, person, view: id });
    ctx.emit(defaultEvent({ blueprint, person }, was, id));
    return { ...before, ...(isForAll ? { everyone: id } : { own: id }) };
  });
}
