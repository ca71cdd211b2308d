import { spawnSync } from 'node:child_process'

const tried = spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', '/bin/true'])

/** The reason to skip tests of the sandbox, for tap's `skip`; false if they can run. */
export const NO_BUBBLEWRAP: string | false =
  tried.status === 0 ? false : 'bubblewrap is not installed or may not create namespaces'
