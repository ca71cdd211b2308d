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
import { ffmpeg, H264, makeBarcodeVideo } from '../../support/videos.ts'

t.setTimeout(120_000)
const directory = t.testdir()

// The last picture is followed by a NAL unit whose forbidden_zero_bit is set (Rec. ITU-T H.264, section 7.4.1).
await makeBarcodeVideo(directory, 'clean.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
await ffmpeg(directory, '-i', 'clean.mp4', '-an', '-c', 'copy', '-bsf:v', 'h264_mp4toannexb', 'clean.h264')
await writeFile(
  join(directory, 'ignored.h264'),
  Buffer.concat([await readFile(join(directory, 'clean.h264')), Buffer.from([0, 0, 0, 1, 0xb7])])
)
await ffmpeg(directory, '-fflags', '+genpts', '-r', '25', '-i', 'ignored.h264', '-c', 'copy', 'ignored.mp4')
await ffmpeg(directory, '-i', 'ignored.mp4', '-c', 'copy', 'ignored.ts')

for (const { name, decoder, skip } of await makeTwoDecoders()) {
  t.test(`a unit that the decoder skips is no damage: ${name}`, { skip }, async (t) => {
    const ways = [
      ['ignored.mp4', extractRangedWith(decoder)],
      ['ignored.mp4', extractFullWith(decoder)],
      ['ignored.ts', extractFullWith(decoder)]
    ] as const
    for (const [file, extract] of ways) {
      const frame = await extractFrom(t, join(directory, file), 'last', extract)
      t.equal(await readFrameNumber(frame), 24, file)
    }
  })
}
