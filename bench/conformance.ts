// npm run conformance: compares the responses of the service, with ranged extraction first and with the full download
// only, with a full decode of every file of a corpus; writes CONFORMANCE.md.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Entry, isSound, readCorpus } from '../test/conformance/corpus.ts'
import { listRightCodes } from '../test/conformance/error-kinds.ts'
import { readFfmpegVersion } from '../test/conformance/run-ffmpeg.ts'
import { type ConformingService, readFallbacks, startConformingService } from '../test/conformance/service.ts'
import { sweepFault } from '../test/conformance/sweep-fault.ts'
import { type Outcome, sweepVideo, type Video } from '../test/conformance/sweep-video.ts'
import { openTruthCache } from '../test/conformance/truth-cache.ts'
import { findTruth, type TrueFrame, type Truth } from '../test/conformance/truth.ts'
import { renderConformance, type Row } from './conformance/page.ts'

const CONCURRENT_FILES = 2

const { values } = parseArgs({
  options: {
    /** Directory of the videos and their manifest.json. */
    corpus: { type: 'string', default: join(import.meta.dirname, '../../shared/media') },
    /** Directory of the ground truth, reused by the next run. */
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-conformance') },
    /** Only files whose name contains one of these, separated by commas. */
    only: { type: 'string', default: '' },
    /** Five targets per video. */
    quick: { type: 'boolean', default: false },
    /** `ffmpeg` or `libav`. */
    decoder: { type: 'string', default: 'ffmpeg' },
    /** Default: the page of the decoder, beside this program. */
    output: { type: 'string' }
  }
})
const page = values.decoder === 'libav' ? 'CONFORMANCE-libav.md' : 'CONFORMANCE.md'
const output = values.output ?? join(import.meta.dirname, page)

/** All targets, in words. */
const ALL_TARGETS =
  'first, 10 %, middle, 90 %, last, a microsecond before the end, two random timestamps, the key frames of the ' +
  'middle and of 90 %, 0.1 s past the end'
/** Names of the targets with `--quick`. */
const QUICK_TARGETS = ['first', 'middle', 'last', 'end', 'key 90%']

await main()

async function main (): Promise<void> {
  const names = values.only.split(',').filter(Boolean)
  const entries = readCorpus(values.corpus).filter(
    ({ file }) => names.length === 0 || names.some((name) => file.includes(name))
  )
  const directory = await mkdtemp(join(tmpdir(), 'posterframe-conforming-'))
  const services = await Promise.all(
    (['default', 'full'] as const).map((mode) => startConformingService(mode, join(directory, mode), values.decoder))
  )
  const stop = () => Promise.all(services.map((service) => service.stop()))
  process.once('SIGTERM', () => {
    void stop().then(() => process.exit(143))
  })
  try {
    const rows = await sweepCorpus(entries, services)
    await writeFile(
      output,
      renderConformance(rows, {
        ffmpeg: `${await readFfmpegVersion()}${values.decoder === 'ffmpeg' ? '' : `, the service with ${values.decoder}`}`,
        targets: values.quick ? QUICK_TARGETS.join(', ') : ALL_TARGETS
      })
    )
    const wrong = rows.filter(({ outcomes }) => outcomes.default.misses.length + outcomes.full.misses.length > 0)
    process.stdout.write(`${rows.length - wrong.length} files right, ${wrong.length} wrong: ${output}\n`)
  } finally {
    await stop()
    await rm(directory, { recursive: true, force: true })
  }
}

async function sweepCorpus (entries: readonly Entry[], services: readonly ConformingService[]): Promise<Row[]> {
  const queue = [...entries]
  const rows: Array<Omit<Row, 'fallbacks'>> = []
  const work = async () => {
    for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
      const startMs = performance.now()
      const row = await sweepEntry(entry, services)
      rows.push(row)
      const wrong = Object.values(row.outcomes).reduce((sum, { misses }) => sum + misses.length, 0)
      process.stderr.write(`${entry.file}: ${wrong} wrong, ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENT_FILES }, work))
  const reasons = readFallbacks(services.find(({ mode }) => mode === 'default')?.output() ?? '')
  return rows
    .sort((a, b) => (a.entry.file < b.entry.file ? -1 : 1))
    .map((row) => ({ ...row, fallbacks: [...(reasons.get(row.entry.file) ?? [])] }))
}

async function sweepEntry (entry: Entry, services: readonly ConformingService[]): Promise<Omit<Row, 'fallbacks'>> {
  const path = join(values.corpus, entry.file)
  await Promise.all(services.map((service) => copyFile(path, join(service.videos, entry.file))))
  const truth =
    entry.expectation === 'ok'
      ? await findTruth(path, await openTruthCache(values.cache, entry.sha256), entry.video_stream_index ?? undefined)
      : undefined
  const outcomes: Record<string, Outcome> = {}
  for (const service of services) {
    outcomes[service.mode] =
      truth === undefined
        ? await sweepFault(service, path, entry)
        : await sweepVideo(
          service,
          describeVideo(entry, path, truth),
          ({ name }) => !values.quick || QUICK_TARGETS.includes(name)
        )
  }
  return {
    entry,
    outcomes: { default: outcomes['default']!, full: outcomes['full']! },
    disputes: truth === undefined ? [] : findDisputes(entry, truth)
  }
}

function describeVideo (entry: Entry, path: string, truth: Truth): Video {
  return {
    key: entry.file,
    path,
    uploadName: entry.upload_name,
    truth,
    rotation: entry.rotation ?? truth.rotation,
    barcodeOf: barcodeRule(entry),
    rightCodes: isSound(entry) ? [] : listRightCodes(entry.also_acceptable)
  }
}

/** Returns how the frames of a file are numbered; undefined for corrupt files, of which not every frame decodes. */
function barcodeRule (entry: Entry): ((frame: TrueFrame) => number) | undefined {
  const { barcode } = entry
  if (barcode === undefined || !isSound(entry)) return undefined
  if (barcode.startsWith('frame index')) return ({ index }) => index
  const rate = Number(/^floor\(pts\*(\d+)\)/.exec(barcode)?.[1])
  return ({ micros }) => Math.floor((micros * rate) / 1e6)
}

function findDisputes ({ display_width: width, display_height: height }: Entry, truth: Truth): string[] {
  const size = truth.sizeOf(truth.frames[0]!)
  const isClose = Math.abs(size.width - (width ?? 0)) <= 1 && Math.abs(size.height - (height ?? 0)) <= 1
  return isClose ? [] : [`shown at ${size.width} x ${size.height}, the manifest has ${width} x ${height}`]
}
