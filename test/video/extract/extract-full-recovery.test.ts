// The full download, if the packet list of a container does not determine what the decoder shows.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t, { type Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { createFfmpeg } from '../../../src/video/decode/ffmpeg/ffmpeg.ts'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import type { FrameRequest } from '../../../src/video/extract/extract-frame.ts'
import { NO_ISOLATION } from '../../../src/sandbox/isolation.ts'
import { createLibav } from '../../../src/video/decode/libav/libav.ts'
import { ORIGINAL_SIZE, makeFrameSource, makeExtractContext } from '../../support/frame-source.ts'
import { makeTestPool, NO_LIBAV } from '../../support/test-decoder.ts'
import { H264, ffmpeg, findTestFfmpeg, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'
import type { Decoding, Decoder } from '../../../src/video/decode/decoder.ts'

const program = createFfmpeg({ path: await findTestFfmpeg(), missing: new Set(), isolation: NO_ISOLATION })
const library = createLibav(makeTestPool(), new Set())
const videos = t.testdir()

async function extract (
  t: Test,
  name: string,
  timestamp: string,
  request: Partial<FrameRequest> = {},
  decoder: Decoder = program
): Promise<ExtractedFrame> {
  const mode = createExtractFull({ decoder, countThreads: () => 1, maxPixels: 36e6 })
  return await mode(
    makeFrameSource(join(videos, name)),
    { timestamp: parseTimestamp(timestamp), ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error', ...request },
    makeExtractContext(t.testdir())
  )
}

async function readNumber ({ picture: { data, width, height, channels } }: ExtractedFrame): Promise<number> {
  const grey = await sharp(data, { raw: { width, height, channels } }).greyscale().raw().toBuffer()
  return readBarcode(grey, width, height)
}

t.test('distinguishes the key frames of a transparent WebM, although its decoder does not', async (t) => {
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=64x64:r=10:d=2,format=yuva420p',
    '-c:v',
    'libvpx-vp9',
    '-g',
    '5',
    '-auto-alt-ref',
    '0',
    'transparent.webm'
  )
  t.match(await extract(t, 'transparent.webm', '0.85', { seek: 'keyframe' }), { timestampMicros: 500_000, isKey: true })
  t.match(await extract(t, 'transparent.webm', '0.85'), { timestampMicros: 800_000, isKey: false })
  t.match(await extract(t, 'transparent.webm', '0.5'), { timestampMicros: 500_000, isKey: true })
})

t.test('returns the later of two frames with the same time, in its own size', async (t) => {
  const plain = ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0']
  await ffmpeg(videos, '-f', 'lavfi', '-i', 'testsrc2=s=320x192:r=25:d=1', ...plain, 'one.ts')
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=640x360:r=25:d=1',
    ...plain,
    '-output_ts_offset',
    '0.96',
    'two.ts'
  )
  await writeFile(
    join(videos, 'both.ts'),
    Buffer.concat(await Promise.all(['one.ts', 'two.ts'].map((name) => readFile(join(videos, name)))))
  )
  t.match(await extract(t, 'both.ts', '0.95'), { timestampMicros: 920_000, picture: { width: 320, height: 192 } })
  t.match(await extract(t, 'both.ts', '0.97'), { timestampMicros: 960_000, picture: { width: 640, height: 360 } })
  t.match(await extract(t, 'both.ts', '1.01'), { timestampMicros: 1_000_000, picture: { width: 640, height: 360 } })
})

t.test('ignores times that ffmpeg guessed if a frame is decoded after it is shown', async (t) => {
  await makeBarcodeVideo(videos, 'early.mp4', {
    seconds: 0.2,
    framesPerSecond: 25,
    args: ['-c:v', 'libx264', '-bf', '3', '-x264-params', 'b-adapt=0', '-movflags', 'negative_cts_offsets']
  })
  for (const number of [0, 1, 2, 3, 4]) {
    const frame = await extract(t, 'early.mp4', String(number * 0.04 + 0.02))
    t.equal(await readNumber(frame), number)
    t.equal(frame.timestampMicros, number * 40_000)
  }
})

/** A decoder that fails the first request and reports an error for the frame that it then returns. */
function loseFirst (decodeError: string | undefined): Decoder {
  let runs = 0
  const decode = async (...args: Parameters<Decoder['decode']>): Promise<Decoding> =>
    ++runs === 1 ? { frames: [], decodeError: undefined } : { ...(await program.decode(...args)), decodeError }
  return { ...program, decode }
}

t.test('rejects a concealed frame that was found by decoding everything', async (t) => {
  await makeBarcodeVideo(videos, 'lost.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
  t.equal(await readNumber(await extract(t, 'lost.mp4', '0.5', {}, loseFirst(undefined))), 12)
  await t.rejects(extract(t, 'lost.mp4', '0.5', {}, loseFirst('macroblocks were concealed')), {
    code: 'corrupt_video',
    members: { timestamp: 0.48 }
  })
})

const CUT = [
  ['cut-h264.ts', H264, program, false],
  ['cut-hevc.ts', ['-c:v', 'libx265', '-x265-params', 'keyint=25:log-level=none', '-bf', '3'], program, false],
  ['cut-h264-libav.ts', H264, library, NO_LIBAV]
] as const
for (const [name, args, decoder, skip] of CUT) {
  t.test(`extracts frames of a recording that begins between key frames: ${name}`, { skip }, async (t) => {
    const whole = await readFile(
      await makeBarcodeVideo(videos, `whole-${name}`, { seconds: 4, framesPerSecond: 25, args })
    )
    const packets = Math.floor(whole.length / 188)
    await writeFile(join(videos, name), whole.subarray(188 * Math.floor(packets / 16)))
    const first = await extract(t, name, 'first', {}, decoder)
    const number = await readNumber(first)
    t.ok(number > 10 && number <= 26, `begins with the first frame that can be decoded: ${number}`)
    for (const later of [8, 30, 60, 73]) {
      t.equal(
        await readNumber(
          await extract(t, name, String((first.timestampMicros + later * 40_000 + 20_000) / 1e6), {}, decoder)
        ),
        Math.min(number + later, 99)
      )
    }
    t.equal(await readNumber(await extract(t, name, 'last', {}, decoder)), 99)
  })
}

for (const [name, decoder, skip] of [
  ['the program', program, false],
  ['libav', library, NO_LIBAV]
] as const) {
  t.test(`extracts frames after corruption, although seeking lands before it: ${name}`, { skip }, async (t) => {
    const path = await makeBarcodeVideo(videos, 'damaged.ts', { seconds: 4, framesPerSecond: 25, args: H264 })
    const bytes = await readFile(path)
    const packets = Math.floor(bytes.length / 188)
    for (let packet = Math.floor(packets / 8); packet < Math.floor(packets / 6); packet++) {
      bytes.fill(0xa5, packet * 188 + 100, packet * 188 + 188)
    }
    await writeFile(path, bytes)
    await t.rejects(extract(t, 'damaged.ts', '0.8', {}, decoder), { code: 'corrupt_video' })
    for (const number of [30, 55, 98]) {
      t.equal(await readNumber(await extract(t, 'damaged.ts', String(number * 0.04 + 0.02), {}, decoder)), number)
    }
  })
}

t.test('goes back to a true key frame if the container marks every frame as one', async (t) => {
  const path = await makeBarcodeVideo(videos, 'all-keys.avi', {
    seconds: 2,
    framesPerSecond: 25,
    args: ['-c:v', 'msmpeg4v2', '-g', '20', '-q:v', '3']
  })
  const bytes = await readFile(path)
  // The flags of an entry of idx1 follow its four letters: 0x10 says that it is a key frame (AVI, AVIOLDINDEX).
  for (let at = bytes.indexOf('idx1') + 8; at + 16 <= bytes.length; at += 16) bytes[at + 4]! |= 0x10
  await writeFile(path, bytes)
  for (const number of [0, 13, 20, 37]) {
    t.equal(await readNumber(await extract(t, 'all-keys.avi', String(number * 0.04 + 0.02))), number)
  }
  t.equal((await extract(t, 'all-keys.avi', '1.5', { seek: 'keyframe' })).timestampMicros, 800_000)
})
