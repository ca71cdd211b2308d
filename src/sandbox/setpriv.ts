import type { Isolation } from './isolation.ts'

/**
 * Returns the isolation that works without namespaces: no program can gain rights (no_new_privs), and the child ends
 * when the service does, however that happens (prctl(2), PR_SET_PDEATHSIG).
 */
export function createSetpriv (path: string): Isolation {
  return {
    name: 'setpriv',
    hidesFiles: false,
    filter: undefined,
    description:
      'setpriv: a child has no environment and hard limits, gains no rights and ends with the service, but has ' +
        'the rights of the service',
    wrap: (command) => [path, '--no-new-privs', '--pdeathsig', 'KILL', '--', ...command],
    readEnd: (end) => end
  }
}
