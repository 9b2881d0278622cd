export interface TextObject {
  readonly type: 'mrkdwn' | 'plain_text';
  readonly text: string;
}

export interface ButtonElement {
  readonly type: 'button';
  readonly action_id?: string;
  readonly value?: string;
  readonly text: TextObject;
  readonly style?: 'primary' | 'danger';
  readonly url?: string;
  readonly confirm?: {
    readonly title: TextObject;
    readonly text: TextObject;
    readonly confirm: TextObject;
    readonly deny: TextObject;
  };
}

export interface SelectElement {
  readonly type: 'static_select';
  readonly action_id: string;
  readonly placeholder: TextObject;
  readonly options: readonly { readonly text: TextObject; readonly value: string }[];
}

export interface ActionsBlock {
  readonly type: 'actions';
  readonly elements: readonly (ButtonElement | SelectElement)[];
}

/** The Slack blocks that this product sends; others are shown by name. */
export type Block =
  | { readonly type: 'header'; readonly text: TextObject }
  | { readonly type: 'section'; readonly text?: TextObject; readonly fields?: readonly TextObject[] }
  | { readonly type: 'context'; readonly elements: readonly TextObject[] }
  | { readonly type: 'divider' }
  | ActionsBlock;
