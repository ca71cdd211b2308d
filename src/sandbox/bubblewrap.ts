import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { isAbsolute } from 'node:path'
import type { Isolation } from './isolation.ts'
import { writeSystemCallFilter } from './system-calls.ts'

/** Where programs and libraries lie, on systems of every layout; where one is a link into /usr, it stays one. */
const SYSTEM_PLACES = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/nix/store',
  '/etc/alternatives',
  '/etc/ld.so.cache'
]

/**
 * Namespaces of its own for users, mounts, processes, network, IPC and host name; no capabilities and none to be gained
 * (bubblewrap sets no_new_privs); no system calls that a decoder does not need; of the file system the system's
 * programs, read only, and the one directory. There is no /proc: neither the service's environment nor its memory has
 * a name in there.
 */
export function createBubblewrap (path: string): Isolation {
  const filter = writeSystemCallFilter(process.arch)
  const base = [
    // It stays in the session and group that it is started in: there is no terminal, and the group is killed as a
    // whole.
    '--unshare-all',
    '--die-with-parent',
    '--clearenv',
    '--cap-drop',
    'ALL',
    ...SYSTEM_PLACES.flatMap(showPlace),
    '--dev',
    '/dev'
  ]
  return {
    name: 'bubblewrap',
    hidesFiles: true,
    filter,
    description: `bubblewrap: namespaces of its own, no network, no /proc, no capabilities, of the disk its own directory and the system read only${filter === undefined ? '' : ', system calls filtered'}`,
    wrap ([program, ...args], { directory, readable = [] }, filterDescriptor) {
      const shown = [program, ...readable].filter(isAbsolute).flatMap(showFile)
      const filtered = filter === undefined ? [] : ['--seccomp', String(filterDescriptor)]
      return [
        path,
        ...base,
        ...filtered,
        ...shown,
        '--bind',
        directory,
        directory,
        '--chdir',
        directory,
        '--',
        program,
        ...args
      ]
    },
    // As a shell does, it tells of a signal by an exit code of its own.
    readEnd (end) {
      const killedBy = findSignal((end.exitCode ?? 0) - 128)
      return killedBy === undefined ? end : { exitCode: null, killedBy }
    }
  }
}

function findSignal (number: number): NodeJS.Signals | undefined {
  const names = Object.keys(constants.signals) as NodeJS.Signals[]
  return names.find((name) => constants.signals[name] === number)
}

function showPlace (place: string): string[] {
  if (!existsSync(place)) return []
  return lstatSync(place).isSymbolicLink() ? ['--symlink', readlinkSync(place), place] : ['--ro-bind', place, place]
}

/** A file or directory under the name that it is called by, whatever links lead to it. */
function showFile (path: string): string[] {
  return /^\/(usr|s?bin|lib\w*)\//.test(path) ? [] : ['--ro-bind', realpathSync(path), path]
}
