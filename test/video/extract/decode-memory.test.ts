import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { readPictureMemory } from '../../../src/video/bitstream/picture-memory.ts'
import type { DecoderInput } from '../../../src/video/decode/decode-plan.ts'
import type { Decoder } from '../../../src/video/decode/decoder.ts'
import { openIndex } from '../../../src/video/demux/open-index.ts'
import { createExtractFramesRanged } from '../../../src/video/extract/extract-frames-ranged.ts'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import { createExtractRanged } from '../../../src/video/extract/extract-ranged.ts'
import type { FrameRequest } from '../../../src/video/extract/extract-frame.ts'
import { createIndexCache } from '../../../src/video/extract/index-cache.ts'
import { makeExtractContext, makeFrameSource, ORIGINAL_SIZE } from '../../support/frame-source.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { ffmpeg } from '../../support/videos.ts'

t.setTimeout(240_000)
const decoder = await makeTestDecoder()
const videos = t.testdir()
const PIXELS = 320 * 240

const x265 = (params: string) => ['-c:v', 'libx265', '-x265-params', `log-level=error:${params}`, '-tag:v', 'hvc1']
const vp9 = ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8']

/** Makes half a second of video in a pixel format. */
async function makeVideo (name: string, format: string, args: readonly string[]): Promise<string> {
  const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=24:d=0.5']
  await ffmpeg(videos, ...source, '-pix_fmt', format, ...args, name)
  return join(videos, name)
}

function settingsFor (maxPixels = PIXELS) {
  const inputs: DecoderInput[] = []
  const recorded: Decoder = {
    ...decoder,
    decode: (input, ...rest) => {
      inputs.push(input)
      return decoder.decode(input, ...rest)
    }
  }
  const indexes = createIndexCache({ maxBytes: 1e6 })
  return { inputs, decoder: recorded, countThreads: () => 4, maxPixels, openIndex, indexes }
}

const request = (timestamp: string, more: Partial<FrameRequest> = {}): FrameRequest => ({
  timestamp: parseTimestamp(timestamp),
  ...ORIGINAL_SIZE,
  seek: 'exact',
  beyond: 'error',
  ...more
})

t.test('reads from the bitstream how much memory decoding takes', async (t) => {
  const cases: ReadonlyArray<readonly [string, string, readonly string[], number, number]> = [
    ['avc8.mp4', 'yuv420p', ['-c:v', 'libx264', '-refs', '4'], 1.5, 7],
    ['avc10.mp4', 'yuv422p10le', ['-c:v', 'libx264', '-refs', '1', '-bf', '0'], 4, 4],
    ['avc444.mp4', 'yuv444p', ['-c:v', 'libx264', '-refs', '2', '-bf', '0'], 3, 5],
    ['hevc8.mp4', 'yuv420p', x265('ref=1:bframes=0'), 1.5, 3],
    ['hevc12.mp4', 'yuv444p12le', x265('ref=4:bframes=0'), 6, 5],
    ['vp9.mp4', 'yuv420p', vp9, 1.5, 5],
    ['vp9-12.mp4', 'yuv444p12le', vp9, 6, 5],
    ['av1-10.mp4', 'yuv420p10le', ['-c:v', 'libsvtav1', '-preset', '12'], 3, 5]
  ]
  for (const [name, format, args, bytesPerPixel, heldPictures] of cases) {
    const { reader } = makeFrameSource(await makeVideo(name, format, args))
    const index = await openIndex(reader)
    const [first] = await index.readKeyFrames(reader, 1)
    const memory = readPictureMemory(index.info, first!.packets[0]!.data)
    t.same(memory, { pixels: PIXELS, bytesPerPixel, heldPictures }, name)
  }
})

async function assertRejected (t: Test, path: string, code = 'video_limits_exceeded') {
  const settings = settingsFor()
  const extract = createExtractRanged(settings)
  const run = (wanted: FrameRequest) => extract(makeFrameSource(path), wanted, makeExtractContext(t.testdir()))
  await t.rejects(run(request('last')), { code, message: /takes \d MiB .* pixels with 6 bytes each/, rememberSeconds: 0 })
  t.equal(settings.inputs.length, 0, 'before decoding')
  t.match(await run(request('last', { seek: 'keyframe' })), { isKey: true }, 'a key frame fits')
  t.match(await run(request('auto')), { isKey: true })
}

t.test('rejects a frame whose references do not fit into memory, but not a key frame', async (t) => {
  await assertRejected(t, await makeVideo('hevc.mp4', 'yuv444p12le', x265('ref=4:bframes=0')))
  await assertRejected(t, await makeVideo('vp9-444.mp4', 'yuv444p12le', vp9))
})

t.test('decodes fewer frames at once of a video that fits only so', async (t) => {
  const path = await makeVideo('threads.mp4', 'yuv420p10le', x265('ref=2:bframes=0'))
  for (const [maxPixels, threads] of [[PIXELS, 3], [10 * PIXELS, 4]] as const) {
    const settings = settingsFor(maxPixels)
    await createExtractRanged(settings)(makeFrameSource(path), request('last'), makeExtractContext(t.testdir()))
    t.equal(settings.inputs[0]?.threads, threads)
  }
})

t.test('rejects each frame of a batch that does not fit, and makes the others', async (t) => {
  const path = await makeVideo('batch.mp4', 'yuv444p12le', x265('ref=4:bframes=0'))
  const places = await createExtractFramesRanged(settingsFor())(
    makeFrameSource(path),
    [request('first'), request('last')],
    makeExtractContext(t.testdir()),
    async () => {}
  )
  t.same(places, [0, 1], 'both are extracted separately')
})

t.test('a full download decodes within the same memory', async (t) => {
  const run = async (path: string, settings = settingsFor()) => {
    await createExtractFull(settings)(makeFrameSource(path), request('last'), makeExtractContext(t.testdir()))
    return settings.inputs.at(-1)?.threads
  }
  const png = await makeVideo('png.mov', 'rgba64be', ['-c:v', 'png'])
  const prores = await makeVideo('prores.mov', 'yuva444p10le', ['-c:v', 'prores_ks', '-profile:v', '4444'])
  for (const path of [png, prores]) {
    t.equal(await run(path), 1)
    t.equal(await run(path, settingsFor(3 * PIXELS)), 4)
  }
  const hevc = await makeVideo('hevc.mkv', 'yuv444p12le', x265('ref=4:bframes=0'))
  await t.rejects(run(hevc), { code: 'video_limits_exceeded', message: /with 6 bytes each/ })
})
