import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import { makeBothDecoders } from '../../support/both-decoders.ts'
import { makeExtractContext, makeFrameSource, ORIGINAL_SIZE } from '../../support/frame-source.ts'
import { ffmpeg, H264 } from '../../support/videos.ts'

t.setTimeout(120_000)
const videos = t.testdir()
const decoders = await makeBothDecoders()
const PMT_PID = 0x1000
const VIDEO_PID = 0x100
const H264_TYPE = 0x1b

await ffmpeg(
  videos,
  ...['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=25:d=1', '-f', 'lavfi', '-i', 'sine=d=1', '-pix_fmt', 'yuv420p'],
  ...[...H264, 'h264.ts']
)
await ffmpeg(videos, '-i', 'h264.ts', '-c', 'copy', 'h264.mkv')

/** CRC of a section (ISO/IEC 13818-1, annex A). */
function crc (bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => {
    let value = sum ^ (byte << 24)
    for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0)
    return value
  }, -1)
}

/** Gives the video of a transport stream another type, and bytes that are no H.264. */
function retype (stream: Buffer, type: number): Buffer {
  const bytes = Buffer.from(stream)
  for (let start = 0; start < bytes.length; start += 188) {
    const packet = bytes.subarray(start, start + 188)
    const pid = packet.readUInt16BE(1) & 0x1fff
    const isStart = (packet[1]! & 0x40) !== 0
    const body = 4 + ((packet[3]! & 0x20) === 0 ? 0 : packet[4]! + 1)
    if (pid === PMT_PID && isStart) {
      const section = packet.subarray(body + 1 + packet[body]!)
      const end = (section.readUInt16BE(1) & 0xfff) + 3 - 4
      section[section.indexOf(H264_TYPE, 12)] = type
      section.writeInt32BE(crc(section.subarray(0, end)), end)
    }
    if (pid === VIDEO_PID) {
      for (let at = isStart ? body + 9 + packet[body + 8]! : body; at < 188; at++) packet[at]! ^= 0x55
    }
  }
  return bytes
}

for (const { name, decoder, skip } of decoders) {
  t.test(`${name} says that a codec is not supported, and not that there is no video`, { skip }, async (t) => {
    const extract = createExtractFull({ decoder, countThreads: () => 1, maxPixels: 36e6 })
    const stream = await readFile(join(videos, 'h264.ts'))
    const matroska = await readFile(join(videos, 'h264.mkv'), 'latin1')
    const files = {
      'jpeg-xs.ts': retype(stream, 0x32),
      'evc.ts': retype(stream, 0x35),
      'avs3.ts': retype(stream, 0xd4),
      'unknown.mkv': Buffer.from(matroska.replace('V_MPEG4/ISO/AVC', 'V_MPEG9/ISO/ABC'), 'latin1')
    }
    for (const [file, bytes] of Object.entries(files)) {
      const path = join(videos, `${name}-${file}`)
      await writeFile(path, bytes)
      await t.rejects(
        extract(
          makeFrameSource(path),
          { timestamp: { kind: 'first' }, ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error' },
          makeExtractContext(t.testdir())
        ),
        { code: 'unsupported_codec' },
        file
      )
    }
    const sound = join(videos, `${name}-sound.ts`)
    await ffmpeg('.', '-i', join(videos, 'h264.ts'), '-vn', '-c', 'copy', sound)
    await t.rejects(
      decoder.list(
        {
          path: sound,
          container: { demuxer: 'mpegts' },
          isProbed: true,
          threads: 1,
          maxPixels: 36e6,
          bytes: stream.length
        },
        makeExtractContext(t.testdir())
      ),
      { code: 'no_video_track' },
      'sound alone has no video'
    )
  })
}
