import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { constants } from 'node:os'
import { isAbsolute } from 'node:path'
import type { Isolation } from './isolation.ts'
import { buildSeccompFilter } from './system-calls.ts'

/** Paths of programs and libraries on every file system layout; one that is a symbolic link into /usr stays one. */
const SYSTEM_PATHS = [
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
 * Creates an isolation with its own namespaces for users, mounts, processes, network, IPC and host name, without
 * capabilities or a way to gain them (bubblewrap sets no_new_privs), and without the system calls that no decoder
 * needs. Of the file system it shows the system's programs, read only, and the files of the program. It has no /proc,
 * so that neither the environment nor the memory of the service has a path.
 */
export function createBubblewrap (path: string): Isolation {
  const seccompFilter = buildSeccompFilter(process.arch)
  const base = [
    // No --new-session: there is no terminal to protect, and the process group is killed as a whole.
    '--unshare-all',
    '--die-with-parent',
    '--clearenv',
    '--cap-drop',
    'ALL',
    ...SYSTEM_PATHS.flatMap(bindSystemPath),
    '--dev',
    '/dev'
  ]
  return {
    name: 'bubblewrap',
    hidesFiles: true,
    endsDescendants: true,
    seccompFilter,
    description:
      'bubblewrap: own namespaces, no network, no /proc, no capabilities, no files but a working directory and the ' +
      `read-only system${seccompFilter === undefined ? '' : ', filtered system calls'}`,
    wrapCommand ([program, ...args], { directory, readable = [] }, filterDescriptor) {
      return [
        path,
        ...base,
        ...(seccompFilter === undefined ? [] : ['--seccomp', String(filterDescriptor)]),
        ...[program, ...readable].filter(isAbsolute).flatMap(bindFile),
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
    // bwrap reports a signal as an exit code above 128, as a shell does.
    translateExit (exit) {
      const killedBy = findSignal((exit.exitCode ?? 0) - 128)
      return killedBy === undefined ? exit : { exitCode: null, killedBy }
    }
  }
}

function findSignal (number: number): NodeJS.Signals | undefined {
  const names = Object.keys(constants.signals) as NodeJS.Signals[]
  return names.find((name) => constants.signals[name] === number)
}

function bindSystemPath (path: string): string[] {
  if (!existsSync(path)) return []
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path]
}

/** Binds a file or directory under the path by which it is called, whatever symbolic links that path contains. */
function bindFile (path: string): string[] {
  return /^\/(usr|s?bin|lib\w*)\//.test(path) ? [] : ['--ro-bind', realpathSync(path), path]
}
