import { spawnSync } from 'node:child_process'

const tried = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', '/bin/true'])

/** Why tests of the isolation cannot run here; false where they can. */
export const NO_BUBBLEWRAP: string | false =
  tried.status === 0 ? false : 'bubblewrap is not installed, or may make no namespaces here'
