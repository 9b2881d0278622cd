import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { notFound } from '#platform/problem.ts';
import type { MoveBody } from './contract.ts';
import { orderEvent } from './page-events.ts';
import { chained, checkPlace, heirs, ordered } from './sidebar-rules.ts';
import { lockSidebar, updateItem } from './sidebar-store.ts';

/** Puts an item exactly where somebody dropped it; its new neighbours then name each other. */
export function orderSidebar(): Command<MoveBody, void> {
  return maybeSilent(async function orderSidebarCommand(ctx: WriteContext, { identifier, parent, after }) {
    authorize(ctx.actor, 'page.write');
    const items = await lockSidebar(ctx);
    const moved = items.find((item) => item.identifier === identifier);
    if (moved === undefined) throw notFound('Sidebar item', identifier);
    checkPlace(items, identifier, { parent, after });
    const siblings = items.filter((item) => item.parent === parent);
    const before = ordered(siblings).map((item) => item.identifier);
    const chain = chained(siblings, moved, { parent, after });
    const order = chain.map((item) => item.identifier);
    if (moved.parent === parent && before.join('\n') === order.join('\n')) return;
    if (moved.parent !== parent) for (const heir of heirs(items, moved)) await updateItem(ctx, heir);
    const known = new Map(items.map((item) => [item.identifier, item]));
    for (const item of chain) {
      const old = known.get(item.identifier);
      if (old?.after !== item.after || old.parent !== item.parent) await updateItem(ctx, item);
    }
    ctx.emit(orderEvent(parent, before, order));
  });
}
