import { toUserActor } from '#access/person.ts';
import { actionsOf } from '#actions/action-queries.ts';
import { findOfferedActions } from '#actions/find-offered-actions.ts';
import type { Hit } from '#catalog/find/find-source.ts';
import type { Actor, UserActor } from '#platform/commands/actor.ts';
import { isJsonObject } from '#platform/json.ts';
import { admitSender, languageOf } from '../admit-sender.ts';
import { actionList, commandHelp, runAction, searchAnswer, type ShownHit } from '../blocks/command-answers.ts';
import type { CommandInteraction, Interaction } from '../interaction.ts';
import type { InteractionHandler } from '../jobs.ts';
import type { SlackMessage } from '../slack-message.ts';
import { recipientOf, tellSender } from '../tell-sender.ts';
import { textOf } from '../web-api-client.ts';
import { type Asker, type FormParts, openForm, type WantedForm } from './open-form.ts';

export interface CommandParts extends FormParts {
  /** Whatever the actor may see that has these words, the closest first. */
  readonly find: (actor: Actor, text: string, limit: number) => Promise<readonly Hit[]>;
}

const hitsShown = 8;
const actionsListed = 20;

/** `/quayside`: help, a search, or the form of an action. */
export function commandHandler(parts: CommandParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'command',
    async handle(connection, interaction) {
      if (interaction.kind !== 'command') return 'ignored';
      const person = await admitSender(parts, connection, interaction);
      return person === null ? 'refused' : obey(parts, { connection, interaction, person }, interaction);
    },
  };
}

async function obey(parts: CommandParts, asker: Asker, { text }: CommandInteraction): Promise<string> {
  const { connection, interaction, person } = asker;
  const language = languageOf(person, connection);
  const words = text.trim().split(/\s+/);
  const [verb = '', ...rest] = words;
  const tell = async (message: SlackMessage): Promise<void> => {
    await tellSender(parts.http, connection, recipientOf(interaction), message);
  };
  if (/^(|help|帮助)$/i.test(verb)) {
    await tell(commandHelp(language));
    return 'help';
  }
  const actor = toUserActor(person);
  if (/^(run|执行)$/i.test(verb)) {
    if (rest.length > 0) return openForm(parts, asker, await wantedForm(parts, actor, rest));
    await tell(actionList(await runnableActions(parts, actor), language));
    return 'actions';
  }
  const asked = (/^(search|find|查找|搜索)$/i.test(verb) && rest.length > 0 ? rest : words).join(' ').slice(0, 200);
  const hits = await parts.find(actor, asked, hitsShown + 1);
  const { publicUrl } = parts.core;
  const shown = hits.slice(0, hitsShown).map((hit) => shownHit(publicUrl, hit));
  await tell(searchAnswer({ words: asked, hits: shown, hasMore: hits.length > hitsShown }, language));
  return 'search';
}

/** `deploy checkout` names an action and an entity, unless the action itself is called that. */
async function wantedForm({ core }: CommandParts, actor: UserActor, words: readonly string[]): Promise<WantedForm> {
  const [first = '', ...others] = words;
  const whole = words.join(' ').toLowerCase();
  const all = await actionsOf(core.db, actor.orgId);
  const isTitle = all.some(({ document }) => document.title?.toLowerCase() === whole);
  if (isTitle || others.length === 0) return { action: words.join(' '), entity: null };
  return { action: first, entity: others.join(' ') };
}

async function runnableActions({ core, actions }: CommandParts, actor: UserActor): Promise<readonly ShownHit[]> {
  const offered = await findOfferedActions(actions, actor);
  return offered.slice(0, actionsListed).map(({ identifier, blueprint, document }) => {
    const hit = { kind: 'action', identifier, blueprint, title: document.title ?? identifier };
    return { ...hit, url: addressOf(core.publicUrl, hit) };
  });
}

function shownHit(publicUrl: string, hit: Hit): ShownHit {
  const { kind, identifier, title, blueprint } = hit;
  return { kind, identifier, title: title === '' ? identifier : title, blueprint, url: addressOf(publicUrl, hit) };
}

function addressOf(publicUrl: string, { kind, identifier, blueprint }: Pick<Hit, 'kind' | 'identifier' | 'blueprint'>) {
  const id = encodeURIComponent(identifier);
  const owner = encodeURIComponent(blueprint ?? '');
  if (kind === 'action') return `${publicUrl}/self-service?action=${id}`;
  if (kind === 'blueprint') return `${publicUrl}/catalog/${id}`;
  return `${publicUrl}/${kind === 'scorecard' ? 'scorecards' : 'catalog'}/${owner}/${id}`;
}

/** A button that opens a form: in what a search found, and where three seconds were over. */
export function formButtonHandler(parts: FormParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'actions' && interaction.action.actionId === runAction,
    async handle(connection, interaction) {
      const wanted = wantedBy(interaction);
      const person = wanted === null ? null : await admitSender(parts, connection, interaction);
      return wanted === null || person === null
        ? 'refused'
        : openForm(parts, { connection, interaction, person }, wanted);
    },
  };
}

function wantedBy(interaction: Interaction): WantedForm | null {
  if (interaction.kind !== 'actions') return null;
  try {
    const told: unknown = JSON.parse(interaction.action.value);
    if (!isJsonObject(told)) return null;
    const action = textOf(told['action']);
    return action === '' ? null : { action, entity: textOf(told['entity']) || null };
  } catch {
    return null;
  }
}
