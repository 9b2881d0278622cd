import access from './access.json'
import actions from './actions.json'
import common from './common.json'
import runs from './runs.json'
import shell from './shell.json'

export default { access, actions, common, runs, shell }
