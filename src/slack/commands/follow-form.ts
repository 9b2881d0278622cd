import { toUserActor } from '#access/person.ts';
import { getShownAction } from '#actions/action-queries.ts';
import { Problem } from '#platform/problem.ts';
import { admitSender, languageOf } from '../admit-sender.ts';
import { runFormId } from '../blocks/run-form.ts';
import type { InteractionHandler } from '../jobs.ts';
import { callSlack } from '../web-api-client.ts';
import { type FormParts, viewOf } from './open-form.ts';
import { formTarget, readForm } from './read-form.ts';

/** While a form is filled in: shows what else is asked for now. */
export function followFormHandler(parts: FormParts): InteractionHandler {
  return {
    accepts: (interaction) => interaction.kind === 'actions' && interaction.view?.callbackId === runFormId,
    async handle(connection, interaction) {
      if (interaction.kind !== 'actions' || interaction.view == null) return 'ignored';
      const { view } = interaction;
      const person = await admitSender(parts, connection, interaction);
      const { botToken: token, apiUrl } = connection;
      if (person === null || token === null) return 'refused';
      const actor = toUserActor(person);
      const target = formTarget(view);
      try {
        const action = await getShownAction(parts.core.db, actor, target.action);
        const given = readForm(view, action.document.trigger.userInputs);
        const state = { action, entity: target.entity, given, problem: null, language: languageOf(person, connection) };
        const next = { view_id: view.id, hash: view.hash, view: await viewOf(parts, actor, state) };
        // Whoever went on typing has a newer form; theirs is asked for again by what they type.
        const answer = await callSlack(parts.http, { token, apiUrl }, 'views.update', next);
        return answer.ok ? 'shown' : answer.error;
      } catch (error) {
        if (error instanceof Problem) return error.code;
        throw error;
      }
    },
  };
}
