import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** Where proc(5) says, in /proc/self/stat, that the environment lies: fields 50 and 51, counted from 1. */
const [ENV_START, ENV_END] = [50, 51]

/**
 * Wipes the memory in which the kernel handed this process its environment. What runs under the same user reads
 * there, as /proc/<pid>/environ, which credentials the service was started with, long after a variable was changed or
 * deleted. The variables themselves keep their values, in memory of their own.
 *
 * @param environment `process.env`
 * @returns whether it could be done; not where there is no proc(5), or where nobody can read it anyway
 */
export function scrubEnvironment (environment: NodeJS.ProcessEnv): boolean {
  // setenv(3) copies; until then the C library's table points into what is to be wiped.
  for (const [name, value] of Object.entries(environment)) environment[name] = value
  try {
    const { start, end } = findEnvironment()
    if (end <= start) return false
    wipe(start, end - start)
    return true
  } catch {
    return false
  }
}

function findEnvironment (): { start: number, end: number } {
  // The second field is a name in brackets that may contain anything.
  const [, fields = ''] = /\) (.*)$/s.exec(readFileSync('/proc/self/stat', 'latin1')) ?? []
  const numbers = fields.split(' ').map(Number)
  const read = (field: number) => numbers[field - 3] ?? 0
  return { start: read(ENV_START), end: read(ENV_END) }
}

function wipe (address: number, bytes: number): void {
  const memory = openSync('/proc/self/mem', 'r+')
  try {
    writeSync(memory, Buffer.alloc(bytes), 0, bytes, address)
  } finally {
    closeSync(memory)
  }
}
