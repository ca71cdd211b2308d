import { createBubblewrap } from './bubblewrap.ts'
import { findProgram } from './find-program.ts'
import { type Isolation, NO_ISOLATION } from './isolation.ts'
import { runProcess } from './run-process.ts'
import { createSetpriv } from './setpriv.ts'

/** The isolation that is required. */
export interface IsolationRequest {
  readonly level: 'strict' | 'best-effort'
  /** The value of `PATH`. */
  readonly searchPath: string
}

/** The context of the processes that probe an isolation. */
interface ProbeContext {
  readonly signal: AbortSignal
  readonly directory: string
}

/**
 * Chooses the isolation of child processes: bubblewrap if it is installed and a probe shows that the kernel allows it,
 * otherwise setpriv if it is installed.
 *
 * @throws Error with a message for the operator if `level` is `strict` and bubblewrap cannot be used
 */
export async function findIsolation (
  { level, searchPath }: IsolationRequest,
  context: ProbeContext
): Promise<Isolation> {
  const path = await findProgram('bwrap', searchPath)
  const bubblewrap = path === undefined ? undefined : createBubblewrap(path)
  if (bubblewrap !== undefined && (await doesRun(bubblewrap, context))) return bubblewrap
  if (level === 'best-effort') return await findWeakerIsolation(searchPath, context)
  throw new Error(
    path === undefined
      ? 'POSTERFRAME_ISOLATION=strict requires bubblewrap, but bwrap is not on the PATH. ' +
        'Install the package bubblewrap.'
      : 'POSTERFRAME_ISOLATION=strict requires user namespaces, which the kernel or the container denies to bwrap. ' +
        'Allow them, or set POSTERFRAME_ISOLATION=best-effort.'
  )
}

async function findWeakerIsolation (searchPath: string, context: ProbeContext): Promise<Isolation> {
  const path = await findProgram('setpriv', searchPath)
  const setpriv = path === undefined ? undefined : createSetpriv(path)
  return setpriv !== undefined && (await doesRun(setpriv, context)) ? setpriv : NO_ISOLATION
}

const PROBE_LIMITS = { cpuSeconds: 5, memoryBytes: 2 ** 30 }

async function doesRun (isolation: Isolation, context: ProbeContext): Promise<boolean> {
  const { exitCode } = await runProcess('/bin/true', [], { ...context, isolation, limits: PROBE_LIMITS, outputs: [] })
  return exitCode === 0
}
