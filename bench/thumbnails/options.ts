import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

/** What `npm run bench -- ...` was asked for. */
export interface BenchOptions {
  /** Where the inputs and the store's data live: tens of gigabytes, kept for the next run. */
  readonly cacheDirectory: string
  /** Short inputs and few repetitions, to see whether everything works. */
  readonly isQuick: boolean
  /** Names of inputs; empty for all. */
  readonly inputs: readonly string[]
  /** Letters of the ways that run. */
  readonly ways: string
  /** How often (c), (e) and (l) run per input and seek. */
  readonly repetitions: number
  /** How often the ways run that download the whole object first. */
  readonly slowRepetitions: number
  /** After this many seconds a rival's ffmpeg is stopped, and the table says "more than". */
  readonly patienceSeconds: number
  /** Whether the inputs are made and nothing is measured. */
  readonly isMakeOnly: boolean
  /** Where RESULTS.md, results.json and cost.svg go. */
  readonly outputDirectory: string
}

const USAGE = `npm run bench -- [options]
  --quick            the inputs of 1 and 10 minutes, few repetitions
  --only NAME,...    these inputs alone
  --ways abcdel      these ways alone
  --repetitions N    of (c), (e) and (l) per input and seek
  --slow N           of (a), (b) and (d), which download the whole object
  --patience SECONDS after which a rival is stopped
  --cache DIRECTORY  for inputs and the store (some 40 GB for all)
  --output DIRECTORY for RESULTS.md, results.json and cost.svg
  --make             make the inputs, measure nothing`

/** The command line cannot be understood; the message says how it is meant. */
export class UsageError extends Error {
  constructor (problem: string) {
    super(`${problem}\n${USAGE}`)
  }
}

/**
 * Reads the command line.
 *
 * @throws UsageError where an option is unknown or has no sense
 */
export function parseOptions (args: readonly string[]): BenchOptions {
  const { values } = readArguments(args)
  const isQuick = values.quick ?? false
  return {
    cacheDirectory: values.cache ?? join(tmpdir(), 'posterframe-bench'),
    isQuick,
    inputs: values.only?.split(',').filter(Boolean) ?? [],
    ways: values.ways ?? 'abcdel',
    repetitions: parseCount(values.repetitions, isQuick ? 3 : 9),
    slowRepetitions: parseCount(values.slow, 1),
    patienceSeconds: parseCount(values.patience, isQuick ? 60 : 120),
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
        only: text,
        ways: text,
        repetitions: text,
        slow: text,
        patience: text,
        cache: text,
        output: text
      }
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function parseCount (text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new UsageError(`'${text}' is not a count`)
  return Number(text)
}
