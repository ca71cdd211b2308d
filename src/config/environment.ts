import { findNearestName } from '../input/nearest-name.ts'
import { CONFIG_VARIABLES } from './variables.ts'
import type { ConfigVariableName } from './variables.ts'

/** Environment variables by name; the entry passes them in. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads variables one by one and collects their problems instead of throwing, so that one error names all of them. An
 * invalid variable reads as its fallback. An empty variable counts as not set, because Compose files leave them so.
 */
export interface EnvironmentReader {
  readonly problems: readonly string[]
  report(name: ConfigVariableName, problem: string): void
  readText(name: ConfigVariableName): string | undefined
  /**
   * `parse` returns undefined for a value that is not `expected`. Problems never repeat the value, which may hold a
   * secret.
   */
  readParsed<T>(name: ConfigVariableName, fallback: T, expected: string, parse: (text: string) => T | undefined): T
  readChoice<T extends string>(name: ConfigVariableName, fallback: T, choices: readonly T[]): T
  readFlag(name: ConfigVariableName, fallback: boolean): boolean
  /** Reads a whole number within the range, both ends included. */
  readCount(
    name: ConfigVariableName,
    fallback: number,
    range: { readonly minimum: number, readonly maximum: number }
  ): number
  /** Reads a size, in bytes or with KiB, MiB, GiB or TiB; from 1 byte to 64 TiB. */
  readBytes(name: ConfigVariableName, fallback: number): number
}

const PREFIX = 'POSTERFRAME_'
const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40
}
const MAX_BYTES = 64 * 2 ** 40

/** Returns an {@link EnvironmentReader} of `env`; an unknown variable with the prefix is its first problem. */
export function createEnvironmentReader (env: Environment): EnvironmentReader {
  const problems = findUnknownNames(env)

  const reader: EnvironmentReader = {
    problems,
    report (name, problem) {
      problems.push(`${name} ${problem}`)
    },
    readText (name) {
      const text = env[name]?.trim()
      return text === '' || text === undefined || isServiceLink(name, text) ? undefined : text
    },
    readParsed (name, fallback, expected, parse) {
      const text = reader.readText(name)
      if (text === undefined) return fallback
      const value = parse(text)
      if (value === undefined) reader.report(name, `must be ${expected}`)
      return value ?? fallback
    },
    readChoice (name, fallback, choices) {
      return reader.readParsed(name, fallback, `one of ${choices.join(', ')}`, (text) =>
        choices.find((choice) => choice === text)
      )
    },
    readFlag (name, fallback) {
      return reader.readChoice(name, fallback ? 'true' : 'false', ['true', 'false']) === 'true'
    },
    readCount (name, fallback, { minimum, maximum }) {
      return reader.readParsed(name, fallback, `a whole number from ${minimum} to ${maximum}`, (text) => {
        const count = /^\d{1,15}$/.test(text) ? Number(text) : NaN
        return count >= minimum && count <= maximum ? count : undefined
      })
    },
    readBytes (name, fallback) {
      return reader.readParsed(
        name,
        fallback,
        'a size of at least 1 byte, such as 1073741824, 500MiB or 1GiB',
        (text) => {
          const [, digits = '', unit = ''] = /^(\d{1,15}) ?([KMGT]iB)?$/.exec(text) ?? []
          const bytes = Number(digits) * (UNIT_BYTES[unit] ?? NaN)
          return bytes >= 1 && bytes <= MAX_BYTES ? bytes : undefined
        }
      )
    }
  }
  return reader
}

function findUnknownNames (env: Environment): string[] {
  const known: string[] = CONFIG_VARIABLES.map(({ name }) => name)
  return Object.entries(env)
    .filter(([name, value = '']) => name.startsWith(PREFIX) && !known.includes(name) && !isServiceLink(name, value))
    .map(([name]) => {
      const guess = findNearestName(name, known)
      return `${name} is not a variable of Posterframe${guess === undefined ? '' : `; did you mean ${guess}?`}`
    })
}

/**
 * Returns whether Kubernetes or a container link wrote the variable, for a service that is called posterframe:
 * `POSTERFRAME_PORT=tcp://10.0.0.1:3000`, `POSTERFRAME_SERVICE_HOST`, `POSTERFRAME_PORT_3000_TCP_ADDR`, ...
 */
function isServiceLink (name: string, value: string): boolean {
  if (!name.startsWith(PREFIX)) return false
  return (
    /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/.test(name) ||
    (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value))
  )
}
