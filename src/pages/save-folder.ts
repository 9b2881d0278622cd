import { authorize } from '#access/permissions.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { Command, WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import type { FolderBody, FolderPatch } from './contract.ts';
import { folderEvent } from './page-events.ts';
import { placeAnew, placeNew } from './save-page.ts';
import { heirs, ordered, type SidebarItem } from './sidebar-rules.ts';
import { deleteItem, lockSidebar, updateItem } from './sidebar-store.ts';

const folderLimit = 500;

export function createFolder(): Command<FolderBody, SidebarItem> {
  return async function createFolderCommand(ctx, { identifier, title, parent = null, after = null }) {
    authorize(ctx.actor, 'page.write');
    const items = await lockSidebar(ctx);
    if (items.filter((item) => item.kind === 'folder').length >= folderLimit) {
      throw problem('limited', 'too_many_folders', `The sidebar has up to ${folderLimit} folders. Delete one first.`);
    }
    const folder = await placeNew(ctx, { identifier, kind: 'folder', title: title ?? identifier, parent, after });
    ctx.emit(folderEvent(identifier, { before: null, after: folder }));
    return folder;
  };
}

async function loadFolder(
  ctx: WriteContext,
  identifier: string,
): Promise<{ items: readonly SidebarItem[]; folder: SidebarItem }> {
  authorize(ctx.actor, 'page.write');
  const items = await lockSidebar(ctx);
  const folder = items.find((item) => item.identifier === identifier && item.kind === 'folder');
  if (folder === undefined) throw notFound('Sidebar item', identifier);
  return { items, folder };
}

export function patchFolder(): Command<{ readonly identifier: string; readonly body: FolderPatch }, SidebarItem> {
  return maybeSilent(async function patchFolderCommand(ctx: WriteContext, { identifier, body }) {
    const { items, folder } = await loadFolder(ctx, identifier);
    const parent = body.parent === undefined ? folder.parent : body.parent;
    const stays = parent === folder.parent ? folder.after : null;
    const after: SidebarItem = {
      ...folder,
      title: body.title ?? folder.title,
      parent,
      after: body.after === undefined ? stays : body.after,
      updatedAt: ctx.now,
      updatedBy: ctx.actor.id,
    };
    const isSame = (['title', 'parent', 'after'] as const).every((key) => after[key] === folder[key]);
    if (isSame) return folder;
    await placeAnew(ctx, items, folder, after);
    await updateItem(ctx, after);
    ctx.emit(folderEvent(identifier, { before: folder, after }));
    return after;
  });
}

/** What lies in the folder takes its place, so that no page is lost with it. */
export function deleteFolder(): Command<{ readonly identifier: string }, void> {
  return async function deleteFolderCommand(ctx, { identifier }) {
    const { items, folder } = await loadFolder(ctx, identifier);
    const content = ordered(items.filter((item) => item.parent === identifier));
    let last = folder.after;
    for (const item of content) {
      await updateItem(ctx, { ...item, parent: folder.parent, after: last });
      last = item.identifier;
    }
    for (const heir of heirs(items, folder)) await updateItem(ctx, { ...heir, after: last });
    await deleteItem(ctx, identifier);
    ctx.emit(folderEvent(identifier, { before: folder, after: null }));
  };
}
