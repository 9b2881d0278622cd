import type { JsonObject } from '#platform/json.ts';

/** Who did something in Slack, as Slack says. Which person that is here is found out by `identify-person.ts`. */
export interface SlackSender {
  readonly teamId: string;
  readonly enterpriseId: string | null;
  readonly userId: string;
  /** Where the person is at home; another team than `teamId` in shared channels. */
  readonly userTeamId: string | null;
  readonly userName: string;
}

interface InteractionBase extends SlackSender {
  /** Of this one click, command or event; the same when it arrives again. */
  readonly id: string;
  /** Answers to the sender for half an hour, five times. */
  readonly responseUrl: string | null;
  /** Opens a modal within three seconds. */
  readonly triggerId: string | null;
}

export interface PressedAction {
  readonly actionId: string;
  readonly blockId: string;
  readonly value: string;
}

/** A modal or home tab as it stood when somebody did something in it. */
export interface OpenView {
  readonly id: string;
  readonly type: 'modal' | 'home';
  /** Changes with every update. */
  readonly hash: string;
  readonly callbackId: string;
  readonly privateMetadata: string;
  /** Input elements as Slack tells their state, by block id. */
  readonly values: Readonly<Record<string, JsonObject>>;
}

export interface ActionsInteraction extends InteractionBase {
  readonly kind: 'actions';
  /** Null for what was pressed in a message. */
  readonly view: OpenView | null;
  /** Empty in a view. */
  readonly channelId: string;
  readonly messageTs: string;
  readonly action: PressedAction;
  /** What is chosen in the message's selects, by action id. */
  readonly chosen: Readonly<Record<string, string>>;
}

export interface CommandInteraction extends InteractionBase {
  readonly kind: 'command';
  readonly channelId: string;
  readonly command: string;
  readonly text: string;
}

export interface ViewInteraction extends InteractionBase {
  readonly kind: 'view';
  readonly view: OpenView;
}

export interface EventInteraction extends InteractionBase {
  readonly kind: 'event';
  /** In a channel that another company takes part in. */
  readonly isShared: boolean;
  readonly event: JsonObject;
}

export type Interaction = ActionsInteraction | CommandInteraction | ViewInteraction | EventInteraction;

/** Slack asks what to offer in a select while somebody types. Answered at once and not kept. */
export interface ChoiceRequest extends SlackSender {
  readonly blockId: string;
  readonly actionId: string;
  /** What was typed so far. */
  readonly text: string;
  readonly view: OpenView;
}
