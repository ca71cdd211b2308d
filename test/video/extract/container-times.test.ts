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

t.setTimeout(180_000)
const videos = t.testdir()
const decoders = await makeTwoDecoders()
const TS_PACKET_BYTES = 188

/** Overwrites the payload of every packet of a PID with bytes that no audio decoder accepts. */
async function spoilTrack (path: string, pid: number): Promise<void> {
  const file = await readFile(path)
  for (let start = 0; start < file.length; start += TS_PACKET_BYTES) {
    if ((file.readUInt16BE(start + 1) & 0x1fff) !== pid) continue
    let at = start + 4
    if ((file[start + 3]! & 0x20) !== 0) at += 1 + file[at]!
    if ((file[start + 1]! & 0x40) !== 0) at += 9 + file[at + 8]!
    file.fill(0x55, at, start + TS_PACKET_BYTES)
  }
  await writeFile(path, file)
}

const SOUND = ['-f', 'lavfi', '-i', 'sine=d=4', '-f', 'lavfi', '-i', 'sine=f=600:d=4']
await makeBarcodeVideo(videos, 'video.mp4', { seconds: 3, framesPerSecond: 25, args: [...H264] })
await ffmpeg(
  videos,
  ...['-itsoffset', '0.6', '-i', 'video.mp4', ...SOUND, '-map', '0:v', '-map', '1:a', '-map', '2:a'],
  ...['-c:v', 'copy', '-c:a:0', 'aac', '-c:a:1', 'mp2', '-muxdelay', '0', 'late-video.ts']
)
await writeFile(join(videos, 'unreadable-sound.ts'), await readFile(join(videos, 'late-video.ts')))
await spoilTrack(join(videos, 'unreadable-sound.ts'), 0x102)

// With FLV, all times are those of decoding.
await makeBarcodeVideo(videos, 'two-gops.mp4', {
  seconds: 4,
  framesPerSecond: 25,
  args: [...H264, '-g', '50', '-sc_threshold', '0']
})
await ffmpeg(videos, '-i', 'two-gops.mp4', '-c', 'copy', '-bsf:v', 'setts=pts=DTS', 'decode-times.flv')

// One frame is presented before others that the decoder outputs first.
await makeBarcodeVideo(videos, 'hevc.mp4', {
  seconds: 2,
  framesPerSecond: 25,
  args: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'keyint=100:bframes=3:log-level=error']
})
await ffmpeg(videos, '-i', 'hevc.mp4', '-c', 'copy', '-bsf:v', "setts=pts='if(eq(N,9),DTS,PTS)'", 'gone-back.mp4')

for (const { name, decoder, skip } of decoders) {
  for (const file of ['late-video.ts', 'unreadable-sound.ts']) {
    t.test(`begins with the first sound that can be read: ${file}, ${name}`, { skip }, async (t) => {
      const path = join(videos, file)
      const first = await extractFrom(t, path, 'first', extractFullWith(decoder))
      t.equal(await readFrameNumber(first), 0)
      t.ok(first.timestampMicros > 600_000 && first.timestampMicros < 640_000, `${first.timestampMicros} µs`)
      t.ok(first.source.duration! > 4 && first.source.duration! < 4.1, `${first.source.duration} s`)
      const later = await extractFrom(t, path, String((first.timestampMicros + 41_000) / 1e6), extractFullWith(decoder))
      t.equal(await readFrameNumber(later), 1)
      const last = await extractFrom(t, path, 'last', extractFullWith(decoder))
      t.equal(await readFrameNumber(last), 74)
    })
  }

  t.test(`finds key frames by the times of the container: ${name}`, { skip }, async (t) => {
    const path = join(videos, 'decode-times.flv')
    const key = await extractFrom(t, path, '3.5', extractFullWith(decoder), { seek: 'keyframe' })
    t.equal(await readFrameNumber(key), 50)
    t.ok(key.isKey)
    t.equal(key.packetsDecoded, 1)
  })

  t.test(`keeps the times of the container after one that goes back: ${name}`, { skip }, async (t) => {
    for (const time of ['1', '1.5', '1.9']) {
      const frame = await extractFrom(t, join(videos, 'gone-back.mp4'), time, extractRangedWith(decoder))
      t.equal(await readFrameNumber(frame), Math.floor(Number(time) * 25), time)
      t.equal(frame.timestampMicros, Math.floor(Number(time) * 25) * 40_000)
    }
  })
}
