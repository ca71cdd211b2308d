import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CONTESTANTS, type Contestant } from './contestants.ts'

/** Options of `npm run bench`. */
export interface BenchOptions {
  /** Directory of the inputs and of the store's data: tens of gigabytes, reused by the next run. */
  readonly cacheDirectory: string
  /** Uses short inputs and few repetitions, to check that everything works. */
  readonly isQuick: boolean
  /** Names of inputs; empty for all. */
  readonly inputs: readonly string[]
  readonly contestants: readonly Contestant[]
  /** Runs per input and seek of the contestants that do not download the whole object. */
  readonly repetitions: number
  /** Runs of the contestants that download the whole object. */
  readonly downloadRepetitions: number
  /** Seconds after which a program is stopped; the tables then show "> ...". */
  readonly timeoutSeconds: number
  /** Makes the inputs without measuring anything. */
  readonly isMakeOnly: boolean
  /** Directory of RESULTS.md, results.json and cost.svg. */
  readonly outputDirectory: string
}

/** Help text of `npm run bench`. */
export const USAGE = `npm run bench -- [options]
  --quick                   inputs of 1 and 10 minutes, few repetitions
  --only NAME,...           only these inputs
  --contestants NAME,...    only these contestants:
                            ${CONTESTANTS.slice(0, 3).join(', ')},
                            ${CONTESTANTS.slice(3).join(', ')}
  --repetitions N           runs per input and seek (9)
  --download-repetitions N  runs of the contestants that download the whole object (1)
  --timeout SECONDS         stops a program after this time (120)
  --cache DIRECTORY         inputs and the store, some 40 GB for all
  --output DIRECTORY        RESULTS.md, results.json and cost.svg
  --make                    make the inputs, measure nothing
  --help                    print this help`

/** The command line cannot be understood. */
export class UsageError extends Error {
  constructor (problem: string) {
    super(`${problem}\n\n${USAGE}`)
  }
}

/**
 * Reads the command line; undefined if it asks for help.
 *
 * @throws UsageError if an option is unknown or has an invalid value
 */
export function parseOptions (args: readonly string[]): BenchOptions | undefined {
  const { values } = readArguments(args)
  if (values.help === true) return undefined
  const isQuick = values.quick ?? false
  return {
    cacheDirectory: values.cache ?? join(tmpdir(), 'posterframe-bench'),
    isQuick,
    inputs: values.only?.split(',').filter(Boolean) ?? [],
    contestants: parseContestants(values.contestants),
    repetitions: parseCount(values.repetitions, isQuick ? 3 : 9),
    downloadRepetitions: parseCount(values['download-repetitions'], 1),
    timeoutSeconds: parseCount(values.timeout, isQuick ? 60 : 120),
    isMakeOnly: values.make ?? false,
    outputDirectory: values.output ?? join(import.meta.dirname, '..')
  }
}

function readArguments (args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: flag,
        make: flag,
        help: flag,
        only: text,
        contestants: text,
        repetitions: text,
        'download-repetitions': text,
        timeout: text,
        cache: text,
        output: text
      }
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function parseContestants (text: string | undefined): readonly Contestant[] {
  if (text === undefined) return CONTESTANTS
  const names = text.split(',').filter(Boolean)
  const unknown = names.filter((name) => !CONTESTANTS.some((contestant) => contestant === name))
  if (unknown.length > 0) throw new UsageError(`Unknown contestant: ${unknown.join(', ')}.`)
  return CONTESTANTS.filter((contestant) => names.includes(contestant))
}

function parseCount (text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new UsageError(`'${text}' is not a whole number from 1 to 99999.`)
  return Number(text)
}
