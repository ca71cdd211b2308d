// node bench/experiments/compare-decoders.ts: decodes every file of a corpus, hostile ones included, with both
// decoders, and lists where pictures or errors differ.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isPosterframeError } from '../../src/errors.ts'
import { parseTimestamp } from '../../src/options/timestamp.ts'
import { NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import { chooseDecoder, type ChosenDecoder } from '../../src/video/decode/choose-decoder.ts'
import { openIndex } from '../../src/video/demux/open-index.ts'
import type { ExtractFrame, FrameRequest } from '../../src/video/extract/extract-frame.ts'
import { createExtractFull } from '../../src/video/extract/extract-full.ts'
import { createExtractRanged } from '../../src/video/extract/extract-ranged.ts'
import { createExtractWithFallback } from '../../src/video/extract/extract-with-fallback.ts'
import { createIndexCache } from '../../src/video/extract/index-cache.ts'
import type { ExtractedFrame } from '../../src/video/media/frame.ts'
import { readCorpus } from '../../test/conformance/corpus.ts'
import { measurePsnr } from '../../test/support/psnr.ts'
import { extractFromFile, MAX_PIXELS, MIN_PSNR } from '../support/extract-from-file.ts'

const TARGETS = [
  ['first', 'keyframe'],
  ['37%', 'exact'],
  ['60%', 'exact'],
  ['last', 'exact'],
  ['auto', 'keyframe']
] as const

const { values: options } = parseArgs({
  options: {
    /** Directory of the videos and their manifest.json. */
    corpus: { type: 'string', default: join(import.meta.dirname, '../../../shared/media') },
    /** Only files whose name contains one of these, separated by commas. */
    only: { type: 'string', default: '' }
  }
})

type Outcome = { readonly extracted: ExtractedFrame } | { readonly code: string }
interface Modes {
  readonly withFallback: ExtractFrame
  readonly full: ExtractFrame
}

const scratch = await mkdtemp(join(tmpdir(), 'posterframe-decoders-'))
const decoders = await Promise.all(
  (['ffmpeg', 'libav'] as const).map((requested) =>
    chooseDecoder(
      {
        requested,
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
  await compareCorpus(decoders.map(createModes))
} finally {
  await Promise.all([...decoders.map((decoder) => decoder.close())])
  await rm(scratch, { recursive: true, force: true })
}

function createModes ({ decoder }: ChosenDecoder): Modes {
  const decoding = { decoder, countThreads: () => 1, maxPixels: MAX_PIXELS }
  const extractFull = createExtractFull(decoding)
  const extractRanged = createExtractRanged({
    ...decoding,
    openIndex,
    indexes: createIndexCache({ maxBytes: 16e6 })
  })
  return { full: extractFull, withFallback: createExtractWithFallback({ extractRanged, extractFull }) }
}

async function compareCorpus (decoderModes: readonly Modes[]): Promise<void> {
  const names = options.only.split(',').filter(Boolean)
  const counts = { files: 0, requests: 0, equal: 0, close: 0, sameError: 0, different: 0 }
  for (const { file } of readCorpus(options.corpus)) {
    if (names.length > 0 && !names.some((name) => file.includes(name))) continue
    counts.files++
    for (const mode of ['withFallback', 'full'] as const) {
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
        const [one, other] = (await Promise.all(
          decoderModes.map((modes) => extract(modes[mode], path, request))
        )) as [Outcome, Outcome]
        const verdict = compare(one, other)
        counts.requests++
        counts[verdict.kind]++
        if (verdict.kind === 'different') process.stdout.write(`${file} ${mode} ${timestamp}: ${verdict.reason}\n`)
      }
    }
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`)
}

function compare (
  one: Outcome,
  other: Outcome
): { readonly kind: 'equal' | 'close' | 'sameError' | 'different', readonly reason: string } {
  const reason = [one, other].map(describe).join(' and ')
  if ('code' in one || 'code' in other) {
    return { kind: 'code' in one && 'code' in other && one.code === other.code ? 'sameError' : 'different', reason }
  }
  const psnr = measurePsnr(one.extracted.picture, other.extracted.picture)
  const isSame =
    one.extracted.timestampMicros === other.extracted.timestampMicros &&
    one.extracted.isKey === other.extracted.isKey &&
    psnr >= MIN_PSNR
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
  } = outcome.extracted
  return `${timestampMicros} us${isKey ? ' (key)' : ''} ${width}x${height} ${mode}`
}

async function extract (mode: ExtractFrame, path: string, request: FrameRequest): Promise<Outcome> {
  try {
    return { extracted: await extractFromFile(mode, path, request, scratch) }
  } catch (error) {
    if (isPosterframeError(error)) return { code: error.code }
    return { code: `!${error instanceof Error ? `${error.name} ${error.message}` : String(error)}` }
  }
}
