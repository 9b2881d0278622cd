export interface TextObject {
  readonly type: 'mrkdwn' | 'plain_text';
  readonly text: string;
}

export interface ButtonElement {
  readonly type: 'button';
  readonly text: TextObject;
  readonly style?: 'primary' | 'danger';
  readonly url?: string;
}

/** The Slack blocks that this product sends; others are shown by name. */
export type Block =
  | { readonly type: 'header'; readonly text: TextObject }
  | { readonly type: 'section'; readonly text?: TextObject; readonly fields?: readonly TextObject[] }
  | { readonly type: 'context'; readonly elements: readonly TextObject[] }
  | { readonly type: 'divider' }
  | { readonly type: 'actions'; readonly elements: readonly ButtonElement[] };
