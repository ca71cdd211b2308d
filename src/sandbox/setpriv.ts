import type { Isolation } from './isolation.ts'

/**
 * Creates the fallback for machines without user namespaces: a child process cannot gain privileges (no_new_privs), and
 * it ends with the service, however the service ends (prctl(2), PR_SET_PDEATHSIG).
 */
export function createSetpriv (path: string): Isolation {
  return {
    name: 'setpriv',
    hidesFiles: false,
    endsDescendants: false,
    seccompFilter: undefined,
    description:
      'setpriv: decoders have an empty environment and hard limits, cannot gain privileges and end with the service, ' +
      'but have the permissions of the service',
    wrapCommand: (command) => [path, '--no-new-privs', '--pdeathsig', 'KILL', '--', ...command],
    translateExit: (exit) => exit
  }
}
