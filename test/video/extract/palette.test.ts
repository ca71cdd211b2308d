import { join } from 'node:path'
import t from 'tap'
import { extractFrom, extractFullWith, makeTwoDecoders, readFrameNumber } from '../../support/two-decoders.ts'
import { BARCODE, ffmpeg } from '../../support/videos.ts'

t.setTimeout(120_000)
const videos = t.testdir()
const decoders = await makeTwoDecoders()

const KINDS: ReadonlyArray<readonly [file: string, palettes: string, use: string, codec: readonly string[]]> = [
  ['raw.avi', 'palettegen', 'paletteuse=dither=none', ['-c:v', 'rawvideo', '-pix_fmt', 'pal8']],
  // The muxer writes a palette chunk before each frame.
  [
    'changing.avi',
    'palettegen=stats_mode=single',
    'paletteuse=dither=none:new=1',
    ['-c:v', 'rawvideo', '-pix_fmt', 'pal8']
  ],
  ['smc.mov', 'palettegen', 'paletteuse=dither=none', ['-c:v', 'smc', '-pix_fmt', 'pal8']]
]

for (const [file, palettes, use, codec] of KINDS) {
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=10:d=2',
    '-vf',
    `format=yuv420p,${BARCODE},split[a][b];[a]${palettes}[p];[b][p]${use}`,
    ...codec,
    file
  )
  for (const { name, decoder, skip } of decoders) {
    t.test(`knows the palette of every frame: ${file}, ${name}`, { skip }, async (t) => {
      const extract = extractFullWith(decoder)
      for (const [time, number] of [['first', 0], ['0.55', 5], ['1.2', 12], ['last', 19]] as const) {
        const frame = await extractFrom(t, join(videos, file), time, extract)
        t.equal(await readFrameNumber(frame), number, time)
      }
      const key = await extractFrom(t, join(videos, file), '1.2', extract, { seek: 'keyframe' })
      t.equal(await readFrameNumber(key), Math.round(key.timestampMicros / 1e5), 'a key frame')
      const auto = await extractFrom(t, join(videos, file), 'auto', extract)
      t.ok((await readFrameNumber(auto)) > 0, 'the most representative frame is not a black one')
      t.equal(await readFrameNumber(auto), Math.round(auto.timestampMicros / 1e5))
    })
  }
}
