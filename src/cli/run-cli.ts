import { Problem } from '#platform/problem.ts';
import { exitCodes, type CliIo } from './cli-io.ts';
import { importCatalog } from './import/import-catalog.ts';
import { judge } from './judge.ts';
import { listen } from './listen.ts';
import { pipelines } from './pipelines.ts';
import { send } from './send.ts';

export const helpText = `quayside <command>

  start     run the server with everything it needs
  reset-password <email>
            give a person a new password, on the machine and with the settings of the server
  send      send a scorecard reminder or report to Slack, set up by INPUT_* variables
  listen    forward webhooks of a public channel to a local address (quayside listen --help)
  pipelines list, save, start, watch and control pipelines (quayside pipelines --help)
  judge     judge a stage that waits for a manual judgment (quayside judge --help)
  import    bring in a Backstage catalog or a Port organisation (quayside import --help)
  help      show this text

quayside send reads
  INPUT_PORT_BASE_URL         address of your Quayside
  INPUT_PORT_CLIENT_ID        client id, from Credentials
  INPUT_PORT_CLIENT_SECRET    client secret, from Credentials
  INPUT_OPERATION_KIND        scorecard_reminder or scorecard_report
  INPUT_BLUEPRINT             blueprint, such as service
  INPUT_SCORECARD             scorecard identifier, such as ProductionReadiness
  INPUT_SLACK_WEBHOOK_URL     incoming webhook of the channel
  INPUT_TARGET_KIND           slack
  INPUT_FILTER_RULE           optional: a search rule as JSON
  INPUT_LANGUAGE              optional: en (default) or zh-CN
  INPUT_PORT_APP_URL          optional: where links lead, when people reach Quayside at another address`;

type Command = (args: readonly string[], io: CliIo) => Promise<number>;

const commands: Readonly<Record<string, Command>> = {
  import: (args, io) => importCatalog(args, io),
  judge: (args, io) => judge(args, io),
  listen: (args, io) => listen(args, io),
  pipelines: (args, io) => pipelines(args, io),
  send: (args, io) => (args.length === 0 ? send(io) : help(io)),
  help: (_args, io) => help(io),
};

/** The commands that talk to a server over HTTP. Answers the exit code: 0 done, 1 failed, 2 wrongly called. */
export async function runCli(args: readonly string[], io: CliIo): Promise<number> {
  const [name = 'help', ...rest] = args;
  const command = Object.hasOwn(commands, name.replace(/^--/, '')) ? commands[name.replace(/^--/, '')] : undefined;
  if (!command) {
    io.error(`There is no command "${name}". quayside help lists them.`);
    return exitCodes.misused;
  }
  try {
    return await command(rest, io);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    io.error(error.message);
    return exitCodes.failed;
  }
}

async function help(io: CliIo): Promise<number> {
  io.out(helpText);
  return exitCodes.done;
}
