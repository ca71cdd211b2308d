import { createBubblewrap } from './bubblewrap.ts'
import { findProgram } from './find-program.ts'
import { type Isolation, NO_ISOLATION } from './isolation.ts'
import { runProcess } from './run-process.ts'
import { createSetpriv } from './setpriv.ts'

/** Configured isolation, and the search path for programs. */
export interface IsolationRequest {
  readonly level: 'strict' | 'best-effort'
  /** The value of `PATH`. */
  readonly searchPath: string
}

/**
 * Chooses the isolation of child processes: bubblewrap if it is installed and works, which is tried; else setpriv if
 * it is installed.
 *
 * @throws Error with a sentence for the operator if strict isolation is configured and unavailable
 */
export async function findIsolation (
  { level, searchPath }: IsolationRequest,
  context: { readonly signal: AbortSignal, readonly directory: string }
): Promise<Isolation> {
  const path = await findProgram('bwrap', searchPath)
  const bubblewrap = path === undefined ? undefined : createBubblewrap(path)
  if (bubblewrap !== undefined && (await doesRun(bubblewrap, context))) return bubblewrap
  if (level === 'best-effort') return await findLesser(searchPath, context)
  throw new Error(
    path === undefined
      ? 'POSTERFRAME_ISOLATION=strict needs bubblewrap: install the package bubblewrap, so that bwrap is on the PATH.'
      : 'POSTERFRAME_ISOLATION=strict needs user namespaces: the kernel or the container denies them to bwrap.'
  )
}

async function findLesser (
  searchPath: string,
  context: { readonly signal: AbortSignal, readonly directory: string }
): Promise<Isolation> {
  const path = await findProgram('setpriv', searchPath)
  const setpriv = path === undefined ? undefined : createSetpriv(path)
  return setpriv !== undefined && (await doesRun(setpriv, context)) ? setpriv : NO_ISOLATION
}

const PROBE_LIMITS = { cpuSeconds: 5, memoryBytes: 2 ** 30 }

async function doesRun (
  isolation: Isolation,
  context: { readonly signal: AbortSignal, readonly directory: string }
): Promise<boolean> {
  const { exitCode } = await runProcess('/bin/true', [], { ...context, isolation, limits: PROBE_LIMITS, outputs: [] })
  return exitCode === 0
}
