import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { PosterframeError } from '../../../../src/errors.ts'
import { chooseFrame } from '../../../../src/video/extract/choose-frame.ts'
import { openMatroskaIndex } from '../../../../src/video/demux/matroska/open-matroska-index.ts'
import { CountingSource, listVideo } from './listed-video.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'

const CORPUS = fileURLToPath(new URL('../../../../../shared/media', import.meta.url))

interface CorpusFile {
  readonly file: string
  readonly bytes: number
  readonly expectation: string
}

const isThere = existsSync(`${CORPUS}/manifest.json`)
const files = !isThere
  ? []
  : (JSON.parse(readFileSync(`${CORPUS}/manifest.json`, 'utf8')) as CorpusFile[]).filter(
      ({ file, bytes }) => /\.(mkv|webm)$/.test(file) && bytes > 0
    )

/** Good files that need the full download, with the reason. */
const NOT_PLAIN: Readonly<Record<string, string>> = {
  'moviepy-transparent.webm': 'an alpha channel, or other data, comes with the picture'
}

/** How long the last frame of this one is shown is written nowhere, and guessed from the gaps before it. */
const WITHOUT_END = 'moviepy-no_duration.webm'

t.test(
  'agrees with ffmpeg on every good file, or says why not',
  { skip: isThere ? false : 'there is no corpus beside the repository' },
  async (t) => {
    const leftOut: Record<string, string> = {}
    for (const { file, expectation } of files) {
      const source = await CountingSource.open(`${CORPUS}/${file}`)
      try {
        const index = await openMatroskaIndex(source, file.endsWith('.webm') ? 'webm' : 'matroska')
        const run = await index.readPacketRange(source, 0, 'exact')
        t.ok(run.packets.length > 0)
        if (expectation !== 'ok') continue
        const { frames, clock, durationMicros } = await listVideo(`${CORPUS}/${file}`)
        const toleranceMicros = file === WITHOUT_END ? 2000 : 0
        t.ok(Math.abs((index.info.durationMicros ?? 0) - durationMicros) <= toleranceMicros, `${file} duration`)
        for (const part of [0, 0.3, 0.6, 0.95]) {
          const atMicros = Math.floor(durationMicros * part)
          const { targetPts } = await index.readPacketRange(source, atMicros, 'exact')
          t.equal(
            Math.ceil((targetPts * 1e6) / index.info.timescale),
            clock.toMicros(chooseFrame(frames, atMicros, 'exact', clock).pts),
            `${file} at ${atMicros}`
          )
        }
      } catch (error) {
        t.ok(error instanceof RangedExtractionError || error instanceof PosterframeError, `${file}: ${String(error)}`)
        if (expectation === 'ok') leftOut[file] = (error as Error).message
      }
    }
    t.same(leftOut, NOT_PLAIN)
  }
)
