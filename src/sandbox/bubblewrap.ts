import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { isAbsolute } from 'node:path'
import type { Isolation } from './isolation.ts'
import { writeSystemCallFilter } from './system-calls.ts'

/** Directories of programs and libraries, for all system layouts. Links into /usr stay links. */
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
 * Returns an isolation with its own namespaces for users, mounts, processes, network, IPC and host name; no
 * capabilities and no way to gain any (bubblewrap sets no_new_privs); no system calls that a decoder does not need; a
 * file system with the system's programs, read-only, and one directory. There is no /proc, so neither the environment
 * nor the memory of the service is reachable.
 */
export function createBubblewrap (path: string): Isolation {
  const filter = writeSystemCallFilter(process.arch)
  const base = [
    // It stays in its session and process group: there is no terminal, and the group is killed as a whole.
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
    description:
      'bubblewrap: own namespaces, no network, no /proc, no capabilities, a read-only system and one directory' +
      (filter === undefined ? '' : ', system calls filtered'),
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
    // It reports a signal by an exit code above 128, as a shell does.
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

/** Returns the bind arguments of a file or directory under its original path, following links to it. */
function showFile (path: string): string[] {
  return /^\/(usr|s?bin|lib\w*)\//.test(path) ? [] : ['--ro-bind', realpathSync(path), path]
}
