import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** What a program sees of the machine. */
export interface View {
  /** The one place that it may write to; its working directory. */
  readonly directory: string
  /** What else it may read, besides the system's own programs and libraries: files or directories. */
  readonly readable?: readonly string[]
}

/** How the programs that open strangers' files are kept from everything else. */
export interface Isolation {
  readonly name: 'bubblewrap' | 'none'
  /** One sentence for the log and `/readyz`. */
  readonly description: string
  /** The command that runs a command inside: program first. */
  wrap (command: readonly [string, ...string[]], view: View): readonly [string, ...string[]]
}

/** A child has an empty environment and its limits, and otherwise the rights of the service. */
export const NO_ISOLATION: Isolation = {
  name: 'none',
  description: 'none: a child has no environment and hard limits, but the rights of the service',
  wrap: (command) => command
}

/** What was wished, and where programs are looked for. */
export interface IsolationWish {
  readonly level: 'strict' | 'best-effort'
  /** The value of `PATH`. */
  readonly searchPath: string
}

/**
 * Chooses how children are isolated: bubblewrap where it is there and the kernel lets it work, which is tried once.
 *
 * @param works runs a harmless program in the isolation and tells whether it ran
 * @throws Error with a sentence for the operator where strictness was wished and cannot be had
 */
export async function findIsolation ({ level, searchPath }: IsolationWish, works: (isolation: Isolation) => Promise<boolean>): Promise<Isolation> {
  const path = await findProgram('bwrap', searchPath)
  const bubblewrap = path === undefined ? undefined : createBubblewrap(path)
  if (bubblewrap !== undefined && await works(bubblewrap)) return bubblewrap
  if (level === 'best-effort') return NO_ISOLATION
  throw new Error(path === undefined
    ? 'POSTERFRAME_ISOLATION=strict needs bubblewrap: install the package bubblewrap, so that bwrap is on the PATH.'
    : 'POSTERFRAME_ISOLATION=strict needs user namespaces: bwrap is there, but the kernel or the container does not let it make them.')
}

async function findProgram (name: string, searchPath: string): Promise<string | undefined> {
  for (const directory of searchPath.split(delimiter).filter(isAbsolute)) {
    const path = join(directory, name)
    const isExecutable = await access(path, constants.X_OK).then(() => true, () => false)
    if (isExecutable) return path
  }
  return undefined
}

/** Where programs and libraries lie, on systems of every layout; where one is a link into /usr, it stays one. */
const SYSTEM_PLACES = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/etc/alternatives', '/etc/ld.so.cache']

/**
 * Namespaces of its own for users, mounts, processes, network, IPC and host name; no capabilities and none to be gained
 * (bubblewrap sets no_new_privs); of the file system the system's programs, read only, and the one directory. There is no
 * /proc: neither the service's environment nor its memory has a name in there.
 */
function createBubblewrap (path: string): Isolation {
  const base = [
    '--unshare-all', '--die-with-parent', '--new-session', '--clearenv', '--cap-drop', 'ALL',
    ...SYSTEM_PLACES.flatMap(showPlace),
    '--dev', '/dev'
  ]
  return {
    name: 'bubblewrap',
    description: 'bubblewrap: namespaces of its own, no network, no /proc, no capabilities, of the disk its own directory and the system read only',
    wrap ([program, ...args], { directory, readable = [] }) {
      const shown = [program, ...readable].filter(isAbsolute).flatMap(showFile)
      return [path, ...base, ...shown, '--bind', directory, directory, '--chdir', directory, '--', program, ...args]
    }
  }
}

function showPlace (place: string): string[] {
  if (!existsSync(place)) return []
  return lstatSync(place).isSymbolicLink() ? ['--symlink', readlinkSync(place), place] : ['--ro-bind', place, place]
}

/** A file or directory under the name that it is called by, whatever links lead to it. */
function showFile (path: string): string[] {
  return /^\/(usr|s?bin|lib\w*)\//.test(path) ? [] : ['--ro-bind', realpathSync(path), path]
}
