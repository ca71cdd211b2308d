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
await makeBarcodeVideo(directory, 'shown.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
await ffmpeg(
  directory,
  ...['-i', 'shown.mp4', '-f', 'lavfi', '-i', 'color=red:s=640x360:r=1:d=1'],
  ...['-map', '1:v', '-map', '0:v', '-c:v:0', 'mjpeg', '-c:v:1', 'copy', 'two.mp4']
)
// The edit of the first track, the larger one, lasts for 0 ticks.
const path = join(directory, 'hidden.mp4')
const bytes = await readFile(join(directory, 'two.mp4'))
bytes.writeUInt32BE(0, bytes.indexOf('elst', 0, 'latin1') + 12)
await writeFile(path, bytes)

for (const { name, decoder, skip } of await makeTwoDecoders()) {
  t.test(`a track whose edits show nothing is not chosen: ${name}`, { skip }, async (t) => {
    for (const extract of [extractRangedWith(decoder), extractFullWith(decoder)]) {
      for (const [timestamp, number] of [
        ['first', 0],
        ['0.5', 12],
        ['last', 24]
      ] as const) {
        const frame = await extractFrom(t, path, timestamp, extract)
        t.equal(await readFrameNumber(frame), number, `${timestamp}, ${frame.mode}`)
        t.match(frame.source, { codec: 'h264', width: 320 })
      }
    }
  })
}
