import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'
import { makeBothDecoders, type NamedDecoder } from '../../support/both-decoders.ts'
import { makeExtractContext, makeFrameSource, ORIGINAL_SIZE } from '../../support/frame-source.ts'
import { ffmpeg, H264, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'

t.setTimeout(180_000)
const videos = t.testdir()
const decoders = await makeBothDecoders()

const MPEG_2 = ['-c:v', 'mpeg2video', '-bf', '2', '-g', '12', '-q:v', '3']
/** Containers without an index, and streams without a container, whose frames have only an order and a rate. */
const KINDS: Array<[name: string, container: string, args: readonly string[]]> = [
  ['b-frames.m1v', 'mpegvideo', ['-c:v', 'mpeg1video', '-bf', '2', '-g', '12', '-q:v', '3']],
  ['elementary.mpg', 'mpegvideo', [...MPEG_2, '-f', 'mpeg2video']],
  ['elementary.m4v', 'mpeg4video', ['-c:v', 'mpeg4', '-bf', '2', '-g', '12', '-q:v', '3', '-f', 'm4v']],
  ['annex-b.h264', 'h264', [...H264, '-f', 'h264']],
  ['annex-b.hevc', 'hevc', ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=24']],
  ['long-gop.mxf', 'mxf', [...MPEG_2, '-f', 'mxf']],
  ['animated.gif', 'gif', []],
  ['animated.apng', 'apng', ['-f', 'apng']]
]

async function extract (
  t: Test,
  { decoder }: NamedDecoder,
  path: string,
  timestamp: string,
  seek: 'exact' | 'keyframe' = 'exact'
): Promise<ExtractedFrame> {
  const extractFull = createExtractFull({ decoder, countThreads: () => 1, maxPixels: 36e6 })
  return await extractFull(
    makeFrameSource(path),
    { timestamp: parseTimestamp(timestamp), ...ORIGINAL_SIZE, seek, beyond: 'error' },
    makeExtractContext(t.testdir())
  )
}

async function readNumber ({ picture: { data, width, height, channels } }: ExtractedFrame): Promise<number> {
  const grey = await sharp(data, { raw: { width, height, channels } }).greyscale().raw().toBuffer()
  return readBarcode(grey, width, height)
}

for (const [name, container, args] of KINDS) {
  const made = makeBarcodeVideo(videos, name, { seconds: 1, framesPerSecond: 25, args })
  for (const tested of decoders) {
    t.test(`${tested.name} extracts the frame that is shown: ${name}`, { skip: tested.skip }, async (t) => {
      const path = await made
      for (const [timestamp, number] of [
        ['first', 0],
        ['0.04', 1],
        ['0.7', 17],
        ['last', 24]
      ] as const) {
        const frame = await extract(t, tested, path, timestamp)
        t.equal(await readNumber(frame), number, timestamp)
        t.equal(Math.round(frame.timestampMicros / 40_000), number, 'and its time')
        t.match(frame.source, { container, duration: 1, width: 320, height: 192 })
      }
      const key = await extract(t, tested, path, '0.7', 'keyframe')
      t.equal(await readNumber(key), Math.round(key.timestampMicros / 40_000))
      t.equal(key.isKey, true)
      t.ok((await extract(t, tested, path, 'auto')).isKey)
      await t.rejects(extract(t, tested, path, '1'), { code: 'timestamp_out_of_range', members: { duration: 1 } })
    })
  }
}

for (const tested of decoders) {
  t.test(`${tested.name} rejects a GIF and a PNG of one frame`, { skip: tested.skip }, async (t) => {
    const directory = videos
    const picture = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:d=1:r=1', '-frames:v', '1']
    await ffmpeg(directory, ...picture, 'still.gif')
    await ffmpeg(directory, ...picture, 'still.png')
    const still = await readFile(join(directory, 'still.gif'))
    // The loop extension, which some editors write into a still picture too.
    const end = 13 + 3 * 2 ** ((still[10]! & 7) + 1)
    const loop = Buffer.from('21ff0b4e45545343415045322e300301000000', 'hex')
    await writeFile(join(directory, 'loop.gif'), Buffer.concat([still.subarray(0, end), loop, still.subarray(end)]))
    for (const name of ['still.gif', 'still.png', 'loop.gif']) {
      await t.rejects(extract(t, tested, join(directory, name), 'first'), { code: 'unsupported_media' }, name)
    }
  })

  t.test(`${tested.name} reads transport streams that begin elsewhere`, { skip: tested.skip }, async (t) => {
    const path = await makeBarcodeVideo(videos, 'stream.ts', { seconds: 2, framesPerSecond: 25, args: H264 })
    const stream = await readFile(path)
    const packets = Array.from({ length: stream.length / 188 }, (_, at) => stream.subarray(at * 188, at * 188 + 188))
    const id3 = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x3f', 'latin1'), Buffer.alloc(63)])
    for (const [name, bytes] of Object.entries({
      'mid-packet.ts': stream.subarray(100),
      'junk.ts': Buffer.concat([Buffer.from('x'.repeat(5000)), stream]),
      'id3.ts': Buffer.concat([id3, stream]),
      'time-codes.m2ts': Buffer.concat(packets.flatMap((packet) => [Buffer.alloc(4), packet])),
      'time-codes-mid-packet.m2ts': Buffer.concat(packets.flatMap((packet) => [Buffer.alloc(4), packet])).subarray(50),
      'check-bytes.ts': Buffer.concat(packets.flatMap((packet) => [packet, Buffer.alloc(16, 0x47)]))
    })) {
      await writeFile(join(videos, name), bytes)
      const frame = await extract(t, tested, join(videos, name), '1.5')
      t.equal(await readNumber(frame), 37, name)
      t.match(frame.source, { container: 'mpegts', duration: 2 }, name)
    }
  })
}
