import { authorize } from '#access/permissions.ts';
import type { Core } from '#platform/core.ts';
import { ok, route, type Route } from '#platform/http/route.ts';
import { FolderBody, FolderPatch, FolderPath, MoveBody } from './contract.ts';
import { orderSidebar } from './order-sidebar.ts';
import { createFolder, deleteFolder, patchFolder } from './save-folder.ts';
import { readSidebar } from './sidebar-queries.ts';

const tag = 'Pages';
const folders = '/v1/sidebars/catalog/folders';

export function sidebarRoutes({ db }: Core): readonly Route[] {
  const commands = { create: createFolder(), patch: patchFolder(), delete: deleteFolder(), order: orderSidebar() };
  return [
    route({
      method: 'GET',
      path: '/v1/sidebars/catalog',
      summary: 'Folders and pages in their order',
      tag,
      access: 'known',
      async handle({ actor }) {
        authorize(actor, 'catalog.read');
        return ok({ sidebar: { identifier: 'catalog', items: await readSidebar(db, actor) } });
      },
    }),
    route({
      method: 'POST',
      path: folders,
      summary: 'Create a folder for pages',
      tag,
      access: 'known',
      request: { body: FolderBody },
      async handle({ body, execute }) {
        const { identifier } = await execute(commands.create, body);
        return ok({ identifier });
      },
    }),
    route({
      method: 'PATCH',
      path: `${folders}/:folder`,
      summary: 'Rename or move a folder',
      tag,
      access: 'known',
      request: { params: FolderPath, body: FolderPatch },
      async handle({ params, body, execute }) {
        const { identifier } = await execute(commands.patch, { identifier: params.folder, body });
        return ok({ identifier });
      },
    }),
    route({
      method: 'DELETE',
      path: `${folders}/:folder`,
      summary: 'Delete a folder; what lies in it takes its place',
      tag,
      access: 'known',
      request: { params: FolderPath },
      async handle({ params, execute }) {
        await execute(commands.delete, { identifier: params.folder });
        return ok({});
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/sidebar/moves',
      summary: 'Put a page or folder exactly behind another',
      tag,
      access: 'known',
      request: { body: MoveBody },
      async handle({ body, execute }) {
        await execute(commands.order, body);
        return ok({});
      },
    }),
  ];
}
