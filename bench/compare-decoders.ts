// node bench/compare-decoders.ts: every file of a corpus through both decoders, hostile ones too: the same pictures, the same errors?
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isPosterframeError } from '../src/errors.ts'
import { openFileSource } from '../src/storage/file-byte-source.ts'
import { createStepClock } from '../src/thumbnails/step-clock.ts'
import { parseTimestamp } from '../src/thumbnails/timestamp.ts'
import { chooseDecoder, type Decoder } from '../src/video/choose-decoder.ts'
import { createClipWay } from '../src/video/clip-way.ts'
import { createForeignWorkers } from '../src/video/foreign/foreign-workers.ts'
import { createGeneralWay } from '../src/video/general-way.ts'
import { createIndexCache } from '../src/video/index-cache.ts'
import { createOpenIndex } from '../src/video/open-index.ts'
import type { FrameWish, TakeFrame, TakenFrame } from '../src/video/take-frame.ts'
import { createTwoWays } from '../src/video/two-ways.ts'
import { NO_ISOLATION } from '../src/video/isolation.ts'
import { readCorpus } from '../test/conformance/corpus.ts'
import { measurePsnr } from './psnr.ts'

/** Below this two pictures are not the same. */
const LEAST_PSNR = 50
const MAX_PIXELS = 36_000_000
const TARGETS = [['first', 'keyframe'], ['37%', 'exact'], ['60%', 'exact'], ['last', 'exact'], ['auto', 'keyframe']] as const

const { values: options } = parseArgs({
  options: {
    /** Where the videos and their manifest.json lie. */
    corpus: { type: 'string', default: resolve(import.meta.dirname, '../../shared/media') },
    /** Only files whose name holds one of these, comma separated. */
    only: { type: 'string', default: '' }
  }
})

type Outcome = { readonly taken: TakenFrame } | { readonly code: string }
interface Ways { readonly twoWays: TakeFrame, readonly generalWay: TakeFrame }

const scratch = await mkdtemp(join(tmpdir(), 'posterframe-decoders-'))
const readers = createForeignWorkers()
const decoders = await Promise.all((['ffmpeg', 'libav'] as const).map((wished) => chooseDecoder(
  { wished, places: { configured: process.env['FFMPEG_PATH'], searchPath: process.env['PATH'] ?? '' }, slots: 1, isWarm: false, isolation: NO_ISOLATION, openHome: async () => ({ path: scratch, close: async () => {} }) },
  { signal: AbortSignal.timeout(30_000), directory: scratch }
)))
try {
  await compareCorpus(decoders.map(makeWays))
} finally {
  await Promise.all([readers.close(), ...decoders.map((decoder) => decoder.close())])
  await rm(scratch, { recursive: true, force: true })
}

function makeWays ({ ffmpeg }: Decoder): Ways {
  const decoding = { ffmpeg, countThreads: () => 1, maxPixels: MAX_PIXELS }
  const generalWay = createGeneralWay(decoding)
  const clipWay = createClipWay({ ...decoding, openIndex: createOpenIndex({ workers: readers }), indexes: createIndexCache({ maxBytes: 16e6 }) })
  return { generalWay, twoWays: createTwoWays({ clipWay, generalWay }) }
}

async function compareCorpus (ways: readonly Ways[]): Promise<void> {
  const names = options.only.split(',').filter(Boolean)
  const counts = { files: 0, asked: 0, equal: 0, close: 0, sameError: 0, different: 0 }
  for (const { file } of readCorpus(options.corpus)) {
    if (names.length > 0 && !names.some((name) => file.includes(name))) continue
    counts.files++
    for (const way of ['twoWays', 'generalWay'] as const) {
      for (const [timestamp, seek] of TARGETS) {
        const wish: FrameWish = { timestamp: parseTimestamp(timestamp), seek, beyond: 'error', width: 640, height: undefined, fit: 'inside' }
        const path = join(options.corpus, file)
        const [one, other] = await Promise.all(ways.map((choice) => take(choice[way], path, wish))) as [Outcome, Outcome]
        const verdict = judge(one, other)
        counts.asked++
        counts[verdict.kind]++
        if (verdict.kind === 'different') process.stdout.write(`${file} ${way} ${timestamp}: ${verdict.reason}\n`)
      }
    }
  }
  process.stdout.write(`${JSON.stringify(counts)}\n`)
}

function judge (one: Outcome, other: Outcome): { readonly kind: 'equal' | 'close' | 'sameError' | 'different', readonly reason: string } {
  const reason = [one, other].map(describe).join(' against ')
  if ('code' in one || 'code' in other) {
    return { kind: 'code' in one && 'code' in other && one.code === other.code ? 'sameError' : 'different', reason }
  }
  const psnr = measurePsnr(one.taken.picture, other.taken.picture)
  const isSame = one.taken.timestampMicros === other.taken.timestampMicros && one.taken.isKey === other.taken.isKey && psnr >= LEAST_PSNR
  return { kind: !isSame ? 'different' : psnr === Infinity ? 'equal' : 'close', reason: `${reason}, ${psnr.toFixed(1)} dB` }
}

function describe (outcome: Outcome): string {
  if ('code' in outcome) return outcome.code
  const { timestampMicros, isKey, way, picture: { width, height } } = outcome.taken
  return `${timestampMicros} us${isKey ? ' (key)' : ''} ${width}x${height} ${way}`
}

async function take (way: TakeFrame, path: string, wish: FrameWish): Promise<Outcome> {
  const directory = await mkdtemp(join(scratch, 'target-'))
  const signal = AbortSignal.timeout(120_000)
  const bytes = await openFileSource(path, { etag: path, signal })
  try {
    return { taken: await way({ name: path, bytes, stage: async () => path }, wish, { signal, directory, steps: createStepClock(), inSlot: (task) => task(), note () {} }) }
  } catch (error) {
    if (isPosterframeError(error)) return { code: error.code }
    return { code: `!${error instanceof Error ? `${error.name} ${error.message}` : String(error)}` }
  } finally {
    await bytes.close()
    await rm(directory, { recursive: true, force: true })
  }
}
