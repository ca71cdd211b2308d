// npm run conformance: holds the service, in both ways, against the truth of every file of a corpus.
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Entry, isSound, readCorpus } from '../test/conformance/corpus.ts'
import { listRightCodes } from '../test/conformance/error-kinds.ts'
import { type Row, renderReport } from './conformance/page.ts'
import { readFfmpegVersion } from '../test/conformance/run-ffmpeg.ts'
import { type ConformingService, readFallbacks, startConformingService } from '../test/conformance/service.ts'
import { sweepFault } from '../test/conformance/sweep-fault.ts'
import { type Outcome, sweepVideo } from '../test/conformance/sweep-video.ts'
import { openTruthCache } from '../test/conformance/truth-cache.ts'
import { type Truth, type TrueFrame, findTruth } from '../test/conformance/truth.ts'

const ROOT = join(import.meta.dirname, '..')
/** How many files are under way at once. */
const AT_ONCE = 2

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: join(ROOT, '../shared/media') },
    cache: { type: 'string', default: join(tmpdir(), 'posterframe-conformance') },
    only: { type: 'string', default: '' },
    quick: { type: 'boolean', default: false },
    /** What decodes: `ffmpeg` or `libav`. */
    decoder: { type: 'string', default: 'ffmpeg' },
    output: { type: 'string', default: join(ROOT, 'bench/CONFORMANCE.md') }
  }
})

/** In words, the targets of every video; and what is left of them with `--quick`. */
const ALL_TARGETS =
  'first, 10 %, middle, 90 %, last, a microsecond before the end, two random moments, the key frames of the ' +
    'middle and of 90 %, 0.1 s past the end'
const QUICK_TARGETS = ['first', 'middle', 'last', 'end', 'key 90%']

await main()

async function main (): Promise<void> {
  const names = values.only.split(',').filter(Boolean)
  const entries = readCorpus(values.corpus).filter(
    ({ file }) => names.length === 0 || names.some((name) => file.includes(name))
  )
  const directory = await mkdtemp(join(tmpdir(), 'posterframe-conforming-'))
  const services = await Promise.all(
    (['default', 'full'] as const).map((way) => startConformingService(way, join(directory, way), values.decoder))
  )
  const stop = () => Promise.all(services.map((service) => service.stop()))
  process.once('SIGTERM', () => {
    void stop().then(() => process.exit(143))
  })
  try {
    const rows = await sweepCorpus(entries, services)
    await writeFile(
      values.output,
      renderReport(rows, {
        ffmpeg: `${await readFfmpegVersion()}${values.decoder === 'ffmpeg' ? '' : `, the service with ${values.decoder}`}`,
        moments: values.quick ? QUICK_TARGETS.join(', ') : ALL_TARGETS
      })
    )
    const wrong = rows.filter(({ outcomes }) => outcomes.default.misses.length + outcomes.full.misses.length > 0)
    process.stdout.write(`${rows.length - wrong.length} files right, ${wrong.length} wrong: ${values.output}\n`)
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
      rows.push(await sweepEntry(entry, services))
      const wrong = Object.values(rows.at(-1)!.outcomes).reduce((sum, { misses }) => sum + misses.length, 0)
      process.stderr.write(`${entry.file}: ${wrong} wrong, ${((performance.now() - startMs) / 1000).toFixed(1)} s\n`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
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

function describeVideo (entry: Entry, path: string, truth: Truth) {
  return {
    key: entry.file,
    path,
    uploadName: entry.upload_name,
    truth,
    rotation: entry.rotation ?? truth.rotation,
    codeOf: planCode(entry),
    rightCodes: isSound(entry) ? [] : listRightCodes(entry.also_acceptable)
  }
}

/** Of a damaged file not every frame decodes, so that their count is not their number. */
function planCode (entry: Entry): ((frame: TrueFrame) => number) | undefined {
  const { barcode } = entry
  if (barcode === undefined || !isSound(entry)) return undefined
  if (barcode.startsWith('frame index')) return ({ index }) => index
  const rate = Number(/^floor\(pts\*(\d+)\)/.exec(barcode)?.[1])
  return ({ micros }) => Math.floor((micros * rate) / 1e6)
}

function findDisputes ({ display_width: width, display_height: height }: Entry, truth: Truth): string[] {
  const size = truth.sizeOf(truth.frames[0]!)
  const isClose = Math.abs(size.width - (width ?? 0)) <= 1 && Math.abs(size.height - (height ?? 0)) <= 1
  return isClose ? [] : [`shown at ${size.width} x ${size.height}, the manifest says ${width} x ${height}`]
}
