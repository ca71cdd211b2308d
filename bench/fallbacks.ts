import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createExtractRanged } from '../src/video/extract/extract-ranged.ts'
import { createFfmpeg } from '../src/video/decode/ffmpeg/ffmpeg.ts'
import { findFfmpeg } from '../src/video/decode/ffmpeg/find-ffmpeg.ts'
import { createMatroskaWorkers } from '../src/video/demux/matroska/matroska-workers.ts'
import { createIndexCache } from '../src/video/extract/index-cache.ts'
import { createOpenIndex } from '../src/video/demux/open-index.ts'
import { NO_ISOLATION } from '../src/sandbox/isolation.ts'
import { type SweptFile, renderFallbacks } from './fallback-page.ts'
import { sweepTargets } from './sweep-targets.ts'

// What the fast way carries of a corpus, and why it leaves the rest: FALLBACKS.md. Nothing of it depends on the clock.

const CONTAINERS = ['mov,mp4,m4a,3gp,3g2,mj2', 'matroska,webm']
const CODECS = ['h264', 'hevc', 'vp8', 'vp9', 'av1']
const AT_ONCE = 2

const { values: options } = parseArgs({
  options: {
    /** Where the videos and their manifest.json lie. */
    corpus: { type: 'string', default: resolve(import.meta.dirname, '../../shared/media') },
    /** Only files whose name holds this. */
    only: { type: 'string', default: '' },
    /** Only whether they are carried: nothing is compared. */
    quick: { type: 'boolean', default: false },
    output: { type: 'string', default: join(import.meta.dirname, 'FALLBACKS.md') }
  }
})

const manifest = join(options.corpus, 'manifest.json')
if (!existsSync(manifest)) {
  process.stderr.write(`There is no ${manifest}: name the corpus with --corpus.\n`)
  process.exitCode = 1
} else {
  const page = renderFallbacks(await sweepCorpus(readEntries(manifest)))
  await writeFile(options.output, page)
}

type Entry = Pick<SweptFile, 'file' | 'codec' | 'note'> & { readonly container: string, readonly expectation: string }

function readEntries (path: string): Entry[] {
  const entries = JSON.parse(readFileSync(path, 'utf8')) as Entry[]
  return entries.filter(
    ({ file, container, codec, expectation }) =>
      expectation === 'ok' && CONTAINERS.includes(container) && CODECS.includes(codec) && file.includes(options.only)
  )
}

async function sweepCorpus (entries: readonly Entry[]): Promise<SweptFile[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'posterframe-fallbacks-'))
  const workers = createMatroskaWorkers()
  try {
    const found = await findFfmpeg(
      { configured: process.env['FFMPEG_PATH'], searchPath: process.env['PATH'] ?? '' },
      { directory: scratch, signal: AbortSignal.timeout(30_000), isolation: NO_ISOLATION }
    )
    const decoding = {
      decoder: createFfmpeg({ ...found, isolation: NO_ISOLATION }),
      countThreads: () => 1,
      maxPixels: 36_000_000
    }
    const tools = {
      extractRanged: createExtractRanged({
        ...decoding,
        openIndex: createOpenIndex({ workers }),
        indexes: createIndexCache({ maxBytes: 16e6 })
      }),
      general: options.quick ? undefined : decoding,
      scratch
    }
    const swept: SweptFile[] = []
    const queue = [...entries]
    const work = async () => {
      for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
        const { file, codec, note } = entry
        swept.push({
          file,
          container: nameContainer(file, entry.container),
          codec,
          note,
          targets: await sweepTargets(join(options.corpus, file), tools)
        })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    return swept.sort((one, other) => (one.file < other.file ? -1 : 1))
  } finally {
    await workers.close()
    await rm(scratch, { recursive: true, force: true })
  }
}

function nameContainer (file: string, demuxer: string): string {
  if (demuxer.startsWith('matroska')) return /\.webm$/i.test(file) ? 'WebM' : 'Matroska'
  return /\.mov$/i.test(file) ? 'MOV' : 'MP4'
}
