import { type Setting, textSetting } from '#platform/config/setting.ts';

const smtpUrl: Setting<string | null> = {
  name: 'QUAYSIDE_SMTP_URL',
  description:
    'Mail server, as smtp://user:password@host:587 or smtps://host:465. With a user the connection has to be encrypted. No e-mail is sent when unset.',
  defaultText: '',
  secret: true,
  absent: null,
  parse(text) {
    const url = URL.parse(text);
    if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
      throw new Error('must be an address like smtp://host:587 or smtps://host:465');
    }
    return text;
  },
};

export const mailSettings = {
  smtpUrl,
  mailFrom: textSetting('QUAYSIDE_MAIL_FROM', {
    default: 'Quayside <quayside@localhost>',
    description: 'Sender of e-mails.',
  }),
} as const;
