// node bench/compare-decoders.ts: every file of a corpus through both decoders, hostile ones too: the same pictures,
// the same errors?
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isPosterframeError } from '../src/errors.ts'
import { openFileSource } from '../src/video/source/file-byte-source.ts'
import { createStepClock } from '../src/telemetry/step-clock.ts'
import { parseTimestamp } from '../src/options/timestamp.ts'
import { chooseDecoder, type ChosenDecoder } from '../src/video/decode/choose-decoder.ts'
import { createExtractRanged } from '../src/video/extract/extract-ranged.ts'
import { createMatroskaWorkers } from '../src/video/demux/matroska/matroska-workers.ts'
import { createExtractFull } from '../src/video/extract/extract-full.ts'
import { createIndexCache } from '../src/video/extract/index-cache.ts'
import { createOpenIndex } from '../src/video/demux/open-index.ts'
import type { FrameRequest, ExtractFrame } from '../src/video/extract/extract-frame.ts'
import { createExtractWithFallback } from '../src/video/extract/extract-with-fallback.ts'
import { NO_ISOLATION } from '../src/sandbox/isolation.ts'
import { readCorpus } from '../test/conformance/corpus.ts'
import { measurePsnr } from './psnr.ts'
import type { ExtractedFrame } from '../src/video/media/frame.ts'

/** Below this two pictures are not the same. */
const LEAST_PSNR = 50
const MAX_PIXELS = 36_000_000
const TARGETS = [
  ['first', 'keyframe'],
  ['37%', 'exact'],
  ['60%', 'exact'],
  ['last', 'exact'],
  ['auto', 'keyframe']
] as const

const { values: options } = parseArgs({
  options: {
    /** Where the videos and their manifest.json lie. */
    corpus: { type: 'string', default: resolve(import.meta.dirname, '../../shared/media') },
    /** Only files whose name holds one of these, comma separated. */
    only: { type: 'string', default: '' }
  }
})

type Outcome = { readonly taken: ExtractedFrame } | { readonly code: string }
interface Ways {
  readonly twoWays: ExtractFrame
  readonly extractFull: ExtractFrame
}

const scratch = await mkdtemp(join(tmpdir(), 'posterframe-decoders-'))
const readers = createMatroskaWorkers()
const decoders = await Promise.all(
  (['ffmpeg', 'libav'] as const).map((wished) =>
    chooseDecoder(
      {
        wished,
        places: { configured: process.env['FFMPEG_PATH'], searchPath: process.env['PATH'] ?? '' },
        slots: 1,
        isWarm: false,
        isolation: NO_ISOLATION,
        openHome: async () => ({ path: scratch, close: async () => {} })
      },
      { signal: AbortSignal.timeout(30_000), directory: scratch }
    )
  )
)
try {
  await compareCorpus(decoders.map(makeWays))
} finally {
  await Promise.all([readers.close(), ...decoders.map((decoder) => decoder.close())])
  await rm(scratch, { recursive: true, force: true })
}

function makeWays ({ ffmpeg }: ChosenDecoder): Ways {
  const decoding = { ffmpeg, countThreads: () => 1, maxPixels: MAX_PIXELS }
  const extractFull = createExtractFull(decoding)
  const extractRanged = createExtractRanged({
    ...decoding,
    openIndex: createOpenIndex({ workers: readers }),
    indexes: createIndexCache({ maxBytes: 16e6 })
  })
  return { extractFull, twoWays: createExtractWithFallback({ extractRanged, extractFull }) }
}

async function compareCorpus (ways: readonly Ways[]): Promise<void> {
  const names = options.only.split(',').filter(Boolean)
  const counts = { files: 0, asked: 0, equal: 0, close: 0, sameError: 0, different: 0 }
  for (const { file } of readCorpus(options.corpus)) {
    if (names.length > 0 && !names.some((name) => file.includes(name))) continue
    counts.files++
    for (const way of ['twoWays', 'extractFull'] as const) {
      for (const [timestamp, seek] of TARGETS) {
        const request: FrameRequest = {
          timestamp: parseTimestamp(timestamp),
          seek,
          beyond: 'error',
          width: 640,
          height: undefined,
          fit: 'inside'
        }
        const path = join(options.corpus, file)
        const [one, other] = (await Promise.all(ways.map((choice) => take(choice[way], path, request)))) as [
          Outcome,
          Outcome
        ]
        const verdict = judge(one, other)
        counts.asked++
        counts[verdict.kind]++
        if (verdict.kind === 'different') process.stdout.write(`${file} ${way} ${timestamp}: ${verdict.reason}\n`)
      }
    }
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`)
}

function judge (
  one: Outcome,
  other: Outcome
): { readonly kind: 'equal' | 'close' | 'sameError' | 'different', readonly reason: string } {
  const reason = [one, other].map(describe).join(' against ')
  if ('code' in one || 'code' in other) {
    return { kind: 'code' in one && 'code' in other && one.code === other.code ? 'sameError' : 'different', reason }
  }
  const psnr = measurePsnr(one.taken.picture, other.taken.picture)
  const isSame =
    one.taken.timestampMicros === other.taken.timestampMicros &&
    one.taken.isKey === other.taken.isKey &&
    psnr >= LEAST_PSNR
  return {
    kind: !isSame ? 'different' : psnr === Infinity ? 'equal' : 'close',
    reason: `${reason}, ${psnr.toFixed(1)} dB`
  }
}

function describe (outcome: Outcome): string {
  if ('code' in outcome) return outcome.code
  const {
    timestampMicros,
    isKey,
    mode,
    picture: { width, height }
  } = outcome.taken
  return `${timestampMicros} us${isKey ? ' (key)' : ''} ${width}x${height} ${mode}`
}

async function take (way: ExtractFrame, path: string, request: FrameRequest): Promise<Outcome> {
  const directory = await mkdtemp(join(scratch, 'target-'))
  const signal = AbortSignal.timeout(120_000)
  const reader = await openFileSource(path, { etag: path, signal })
  try {
    return {
      taken: await way({ name: path, reader, stage: async () => path }, request, {
        signal,
        directory,
        steps: createStepClock(),
        inSlot: (task) => task(),
        note () {}
      })
    }
  } catch (error) {
    if (isPosterframeError(error)) return { code: error.code }
    return { code: `!${error instanceof Error ? `${error.name} ${error.message}` : String(error)}` }
  } finally {
    await reader.close()
    await rm(directory, { recursive: true, force: true })
  }
}
