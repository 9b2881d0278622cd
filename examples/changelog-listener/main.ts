import { buildListener } from './build-listener.ts';

const settings = {
  clientSecret: process.env['PORT_CLIENT_SECRET'] ?? '',
  slackWebhookUrl: process.env['SLACK_WEBHOOK_URL'] ?? '',
};
const port = Number(process.env['PORT'] ?? 3333);

const missing = [
  settings.clientSecret === '' ? 'PORT_CLIENT_SECRET, the client secret shown under Credentials' : '',
  URL.canParse(settings.slackWebhookUrl) ? '' : 'SLACK_WEBHOOK_URL, the incoming webhook of your channel',
  Number.isInteger(port) && port >= 0 && port < 65_536 ? '' : 'PORT, a port number',
].filter((name) => name !== '');

if (missing.length > 0) {
  for (const name of missing) console.error(`Please set ${name}.`);
  process.exitCode = 2;
} else {
  const listener = buildListener({ ...settings, log: (line) => console.log(line) });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void listener.close());
  const address = await listener.listen({ host: '127.0.0.1', port });
  console.log(`Listening for changes at ${address}/api/slack`);
}
