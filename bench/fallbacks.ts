// npm run fallbacks: which frames of a corpus ranged extraction gives, and why it leaves the others to a full download;
// writes FALLBACKS.md. The result does not depend on timing.
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NO_ISOLATION } from '../src/sandbox/isolation.ts'
import { createFfmpeg } from '../src/video/decode/ffmpeg/ffmpeg.ts'
import { findFfmpeg } from '../src/video/decode/ffmpeg/find-ffmpeg.ts'
import { openIndex } from '../src/video/demux/open-index.ts'
import { createExtractRanged } from '../src/video/extract/extract-ranged.ts'
import { createIndexCache } from '../src/video/extract/index-cache.ts'
import { renderFallbacks, type SweptFile } from './fallbacks/page.ts'
import { sweepTargets } from './fallbacks/sweep.ts'
import { MAX_PIXELS } from './support/extract-from-file.ts'

const CONTAINERS = ['mov,mp4,m4a,3gp,3g2,mj2', 'matroska,webm']
const CODECS = ['h264', 'hevc', 'vp8', 'vp9', 'av1']
const CONCURRENT_FILES = 2

const { values: options } = parseArgs({
  options: {
    /** Directory of the videos and their manifest.json. */
    corpus: { type: 'string', default: join(import.meta.dirname, '../../shared/media') },
    /** Only files whose name contains this. */
    only: { type: 'string', default: '' },
    /** Do not compare with the full download. */
    quick: { type: 'boolean', default: false },
    output: { type: 'string', default: join(import.meta.dirname, 'FALLBACKS.md') }
  }
})

const manifest = join(options.corpus, 'manifest.json')
if (!existsSync(manifest)) {
  process.stderr.write(`${manifest} does not exist. Name the directory of the corpus with --corpus.\n`)
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
  try {
    const found = await findFfmpeg(
      { configured: process.env['FFMPEG_PATH'], searchPath: process.env['PATH'] ?? '' },
      { directory: scratch, signal: AbortSignal.timeout(30_000), isolation: NO_ISOLATION }
    )
    const decoding = {
      decoder: createFfmpeg({ ...found, isolation: NO_ISOLATION }),
      countThreads: () => 1,
      maxPixels: MAX_PIXELS
    }
    const tools = {
      extractRanged: createExtractRanged({
        ...decoding,
        openIndex,
        indexes: createIndexCache({ maxBytes: 16e6 })
      }),
      full: options.quick ? undefined : decoding,
      scratch
    }
    const swept: SweptFile[] = []
    const queue = [...entries]
    const work = async () => {
      for (let entry = queue.shift(); entry !== undefined; entry = queue.shift()) {
        const { file, codec, note } = entry
        const container = nameContainer(file, entry.container)
        const targets = await sweepTargets(join(options.corpus, file), tools)
        swept.push({ file, container, codec, note, targets })
      }
    }
    await Promise.all(Array.from({ length: CONCURRENT_FILES }, work))
    return swept.sort((one, other) => (one.file < other.file ? -1 : 1))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

function nameContainer (file: string, demuxer: string): string {
  if (demuxer.startsWith('matroska')) return /\.webm$/i.test(file) ? 'WebM' : 'Matroska'
  return /\.mov$/i.test(file) ? 'MOV' : 'MP4'
}
