import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import {
  extractFrom,
  extractFullWith,
  extractRangedWith,
  makeTwoDecoders,
  readFrameNumber
} from '../../support/two-decoders.ts'
import { H264, makeBarcodeVideo } from '../../support/videos.ts'

t.setTimeout(120_000)
const videos = t.testdir()
const decoders = await makeTwoDecoders()

for (const [kind, flags] of [['moov-last', []], ['moov-first', ['-movflags', '+faststart']]] as const) {
  const alone = await makeBarcodeVideo(videos, `${kind}.mp4`, {
    seconds: 2,
    framesPerSecond: 25,
    args: [...H264, ...flags]
  })
  const joined = join(videos, `${kind}-joined.mp4`)
  const file = await readFile(alone)
  await writeFile(joined, Buffer.concat([file, file]))
  const free = join(videos, `${kind}-free.mp4`)
  await writeFile(free, Buffer.concat([file, Buffer.from('\0\0\0\x10free12345678', 'latin1')]))
  for (const { name, decoder, skip } of decoders) {
    t.test(`shows the first of two movies and warns: ${kind}, ${name}`, { skip }, async (t) => {
      for (const extract of [extractRangedWith(decoder), extractFullWith(decoder)]) {
        const frame = await extractFrom(t, joined, '1.5', extract)
        t.equal(await readFrameNumber(frame), 37)
        t.equal(frame.source.duration, 2)
        t.match(frame.warnings, [{ code: 'second_movie_ignored' }])
        for (const path of [alone, free]) t.same((await extractFrom(t, path, '1.5', extract)).warnings, [])
      }
    })
  }
}
