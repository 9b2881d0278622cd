import access from './access.json';
import actions from './actions.json';
import catalog from './catalog.json';
import common from './common.json';
import deliveries from './deliveries.json';
import history from './history.json';
import home from './home.json';
import runs from './runs.json';
import scorecards from './scorecards.json';
import settings from './settings.json';
import shell from './shell.json';
import slack from './slack.json';

export default {
  access,
  actions,
  catalog,
  common,
  deliveries,
  history,
  home,
  runs,
  scorecards,
  settings,
  shell,
  slack,
};
