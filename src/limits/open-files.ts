import { readFileSync } from 'node:fs'

/**
 * Returns how many files, sockets and pipes this process may have open. Node raises the soft limit to the hard one when
 * it starts, so this is the limit that counts.
 *
 * @returns undefined if the system does not say, or if there is no limit
 */
export function readOpenFileLimit (): number | undefined {
  const limit = process.platform === 'linux' ? readProc() : readReport()
  return typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0 ? limit : undefined
}

function readProc (): number | undefined {
  try {
    return Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

function readReport (): unknown {
  // Looking up the names of the machine's network interfaces may take seconds.
  const reporter: typeof process.report & { excludeNetwork?: boolean } = process.report
  reporter.excludeNetwork = true
  const { userLimits } = reporter.getReport() as { userLimits?: { open_files?: { soft?: unknown } } }
  return userLimits?.open_files?.soft
}
