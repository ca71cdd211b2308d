import { createRequire } from 'node:module'
import { ALPHA_DECODERS } from '../decode-plan.ts'
import { findProgram, isExecutable } from '../../../sandbox/find-program.ts'
import type { Isolation } from '../../../sandbox/isolation.ts'
import { readLines } from '../../../sandbox/read-lines.ts'
import { runProcess } from '../../../sandbox/run-process.ts'

/** The ffmpeg that was found. */
export interface FoundFfmpeg {
  readonly path: string
  /** Version string, such as `5.1.9-0+deb12u1`. */
  readonly version: string
  /** Optional filters and decoders that it lacks. */
  readonly missing: ReadonlySet<string>
  /** True if it crops frames as their container says, unless told otherwise. */
  readonly cropsByContainer: boolean
}

/** Version of libavcodec in ffmpeg 7.1, the first that crops by `clap` and `PixelCrop`. */
const CROPS_SINCE = 61.019

/** Optional filters, which some builds lack: for conversions, rare matrices and interlaced video. */
export const WANTED_FILTERS = ['haldclut', 'movie', 'zscale', 'estdif']
/** Optional decoders. */
export const WANTED_DECODERS = Object.values(ALPHA_DECODERS)

/** Places to search, in this order. */
export interface FfmpegPlaces {
  readonly configured: string | undefined
  /** The value of `PATH`. */
  readonly searchPath: string
}

/** Context of the queries to programs. */
export interface FindContext {
  readonly signal: AbortSignal
  readonly directory: string
  readonly isolation: Isolation
}

/**
 * Finds ffmpeg: the configured one, else that of the optional package ffmpeg-static, else the first on the search
 * path. Queries its version, filters and decoders.
 *
 * @throws Error with a sentence that says what to do if none runs
 */
export async function findFfmpeg (places: FfmpegPlaces, context: FindContext): Promise<FoundFfmpeg> {
  if (places.configured !== undefined) return await askAbout(places.configured, context)
  const path = (await findStatic()) ?? (await findProgram('ffmpeg', places.searchPath))
  if (path !== undefined) return await askAbout(path, context)
  throw new Error('No ffmpeg was found: install it (Debian: apt-get install ffmpeg) or set FFMPEG_PATH.')
}

/** Returns the program of ffmpeg-static. The package may be missing, or installed without its download. */
async function findStatic (): Promise<string | undefined> {
  let path: unknown
  try {
    path = createRequire(import.meta.url)('ffmpeg-static')
  } catch {
    return undefined
  }
  return typeof path === 'string' && (await isExecutable(path)) ? path : undefined
}

const LIMITS = { cpuSeconds: 5, memoryBytes: 2 ** 31 }

/**
 * Queries the version of an ffmpeg, which proves that it runs.
 *
 * @throws Error if it does not run
 */
export async function readVersion (path: string, context: FindContext): Promise<string> {
  const lines: string[] = []
  await ask(path, '-version', context, {
    onOutput: (line) => {
      lines.push(line)
    }
  })
  return findVersion(path, lines)
}

/**
 * Queries filters and version together: each query starts a process that delays the start of the service, and every
 * output begins with the version.
 */
async function askAbout (path: string, context: FindContext): Promise<FoundFfmpeg> {
  const missing = new Set([...WANTED_FILTERS, ...WANTED_DECODERS])
  const banner: string[] = []
  await Promise.all([
    ask(path, '-filters', context, {
      onOutput: (line) => {
        missing.delete(/^ \S+ (\w+) +\S+->\S+ /.exec(line)?.[1] ?? '')
      },
      onBanner: (line) => {
        banner.push(line)
      }
    }),
    ask(path, '-decoders', context, {
      onOutput: (line) => {
        missing.delete(/^ V\S+ (\S+) /.exec(line)?.[1] ?? '')
      }
    })
  ])
  return { path, version: findVersion(path, banner), missing, cropsByContainer: cropsByContainer(banner) }
}

function findVersion (path: string, lines: readonly string[]): string {
  const version = lines.map((line) => /^ffmpeg version (\S+)/.exec(line)?.[1]).find((found) => found !== undefined)
  if (version === undefined) throw new Error(`${path} is not an ffmpeg that runs.`)
  return version
}

/** Reads the version of libavcodec, because that of ffmpeg may be any text. */
function cropsByContainer (banner: readonly string[]): boolean {
  const [, major = 0, minor = 0] = banner.map((line) => /^ *libavcodec +(\d+)\. *(\d+)\./.exec(line)).find(Boolean) ?? []
  return Number(major) + Number(minor) / 1000 >= CROPS_SINCE
}

interface Listeners {
  readonly onOutput: (line: string) => void
  /** Reads the banner before the output. */
  readonly onBanner?: (line: string) => void
}

async function ask (
  path: string,
  flag: string,
  context: FindContext,
  { onOutput, onBanner }: Listeners
): Promise<void> {
  const { exitCode } = await runProcess(path, [flag], {
    ...context,
    limits: LIMITS,
    outputs: [(output) => readLines(output, onOutput)],
    ...(onBanner === undefined ? {} : { onLine: onBanner })
  }).catch((cause: unknown) => {
    throw new Error(`${path} does not run.`, { cause })
  })
  if (exitCode !== 0) throw new Error(`${path} is not an ffmpeg that runs.`)
}
