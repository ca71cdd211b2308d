import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import type { Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { createExtractRanged } from '../../../src/video/extract/extract-ranged.ts'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import { createIndexCache } from '../../../src/video/extract/index-cache.ts'
import { openIndex } from '../../../src/video/demux/open-index.ts'
import type { FrameRequest } from '../../../src/video/extract/extract-frame.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { ORIGINAL_SIZE, makeFrameSource, makeExtractContext } from '../../support/frame-source.ts'
import { H264, ffmpeg, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'

// Every case is a run of ffmpeg or four, and there are many.
t.setTimeout(240_000)
const settings = { decoder: await makeTestDecoder(), countThreads: () => 1, maxPixels: 36e6 }
const extractRanged = createExtractRanged({
  ...settings,
  indexes: createIndexCache({ maxBytes: 1e6 }),
  openIndex
})
const extractFull = createExtractFull(settings)
const videos = t.testdir()

const extract = async (
  t: Test,
  path: string,
  timestamp: string,
  request: Partial<FrameRequest> = {},
  mode = extractRanged
): Promise<ExtractedFrame> =>
  await mode(
    makeFrameSource(path),
    { timestamp: parseTimestamp(timestamp), ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error', ...request },
    makeExtractContext(t.testdir())
  )

async function readNumber ({ picture: { data, width, height, channels } }: ExtractedFrame): Promise<number> {
  const grey = await sharp(data, { raw: { width, height, channels } }).greyscale().raw().toBuffer()
  return readBarcode(grey, width, height)
}

const KINDS: Array<[string, readonly string[]]> = [
  ['b-frames.mp4', H264],
  ['moov-first.mp4', [...H264, '-movflags', '+faststart']],
  [
    'open-gop.mp4',
    ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '24', '-bf', '3', '-x264-params', 'open-gop=1:scenecut=0']
  ],
  ['one-key-frame.mp4', ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '9999', '-sc_threshold', '0']],
  ['fragmented.mp4', [...H264, '-bf', '0', '-movflags', '+frag_keyframe+empty_moov']],
  [
    'hevc.mp4',
    ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'keyint=24:log-level=error', '-tag:v', 'hvc1']
  ],
  ['h264.mkv', H264],
  ['vp9.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '30']],
  ['vp8.webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '30', '-b:v', '1M']]
]

for (const [name, args] of KINDS) {
  t.test(`extracts the same frame as the full download: ${name}`, async (t) => {
    const path = await makeBarcodeVideo(videos, name, { seconds: 4, framesPerSecond: 25, args })
    const cases: Array<[string, number]> = [
      ['first', 0],
      ['1.5', 37],
      ['2.0399', 50],
      ['last', 99]
    ]
    for (const [timestamp, number] of cases) {
      const frame = await extract(t, path, timestamp)
      t.equal(frame.mode, 'ranged')
      t.equal(await readNumber(frame), number, timestamp)
      const full = await extract(t, path, timestamp, {}, extractFull)
      t.ok(frame.picture.data.equals(full.picture.data), 'to the last bit')
      t.same(
        { ...frame, picture: 0, mode: 0, packetsDecoded: 0 },
        { ...full, picture: 0, mode: 0, packetsDecoded: 0 }
      )
    }
    const key = await extract(t, path, '2', { seek: 'keyframe' })
    const fullKey = await extract(t, path, '2', { seek: 'keyframe' }, extractFull)
    t.same([key.timestampMicros, key.isKey], [fullKey.timestampMicros, true])
    t.same([key.mode, key.packetsDecoded], ['ranged', 1])
  })
}

t.test('decodes once if the bitstream confirms the predicted colours', async (t) => {
  let decodes = 0
  const counted: typeof settings.decoder = {
    ...settings.decoder,
    decode: async (...job) => {
      decodes++
      return await settings.decoder.decode(...job)
    }
  }
  const extract = (path: string) => {
    const mode = createExtractRanged({
      ...settings,
      decoder: counted,
      indexes: createIndexCache({ maxBytes: 1e6 }),
      openIndex
    })
    return mode(
      makeFrameSource(path),
      { timestamp: { kind: 'from-start', micros: 500_000 }, ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error' },
      makeExtractContext(t.testdir())
    )
  }
  await ffmpeg(
    videos,
    '-i',
    'b-frames.mp4',
    '-c',
    'copy',
    '-bsf:v',
    'h264_metadata=video_full_range_flag=0:matrix_coefficients=6:colour_primaries=6:transfer_characteristics=6',
    '-movflags',
    '-write_colr',
    'tagged.mp4'
  )
  await ffmpeg(
    videos,
    '-i',
    'b-frames.mp4',
    '-c',
    'copy',
    '-bsf:v',
    'h264_metadata=video_full_range_flag=1',
    '-movflags',
    '-write_colr',
    'full-range.mp4'
  )
  for (const [name] of [...KINDS, ['tagged.mp4']] as const) {
    decodes = 0
    await extract(join(videos, name))
    t.equal(decodes, 1, name)
  }
  decodes = 0
  await extract(join(videos, 'full-range.mp4'))
  t.equal(decodes, 2, 'what was taken for something else is decoded again')
})

t.test('rotates, stretches and mirrors like the full download', async (t) => {
  await ffmpeg(videos, '-i', 'b-frames.mp4', '-c', 'copy', '-metadata:s:v', 'rotate=90', 'turned.mp4')
  await ffmpeg(videos, '-i', 'b-frames.mp4', '-vf', 'setsar=64/45', '-t', '1', ...H264, 'oblong.mp4')
  for (const name of ['turned.mp4', 'oblong.mp4']) {
    const [ranged, full] = await Promise.all([
      extract(t, join(videos, name), '0.5'),
      extract(t, join(videos, name), '0.5', {}, extractFull)
    ])
    t.same(ranged.source, full.source, name)
    t.match(ranged.source, { width: ranged.picture.width, height: ranged.picture.height }, 'in square pixels')
    t.ok(ranged.picture.data.equals(full.picture.data))
  }
})

t.test('shows stereo pictures like the full download', async (t) => {
  for (const mode of ['left_right', 'right_left', 'top_bottom', 'bottom_top']) {
    await ffmpeg(
      videos,
      '-i',
      'b-frames.mp4',
      '-t',
      '1',
      '-c',
      'copy',
      '-metadata:s:v',
      `stereo_mode=${mode}`,
      `${mode}.mkv`
    )
    const [ranged, full] = await Promise.all([
      extract(t, join(videos, `${mode}.mkv`), '0.5'),
      extract(t, join(videos, `${mode}.mkv`), '0.5', {}, extractFull)
    ])
    t.same(
      [ranged.mode, ranged.picture.width, ranged.picture.height],
      ['ranged', full.picture.width, full.picture.height],
      mode
    )
    t.ok(ranged.picture.data.equals(full.picture.data))
  }
})

t.test('chooses a representative key frame without reading the rest', async (t) => {
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'color=black:s=320x192:r=25:d=3',
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=25:d=1',
    '-f',
    'lavfi',
    '-i',
    'color=white:s=320x192:r=25:d=2',
    '-filter_complex',
    '[0][1][2]concat=n=3',
    ...H264,
    '-g',
    '25',
    'black-first.mp4'
  )
  const frame = await extract(t, join(videos, 'black-first.mp4'), 'auto')
  t.equal(frame.timestampMicros, 3_000_000)
  t.ok(frame.isKey)
})

t.test('chooses the least bad key frame if none is good, and the only one if there is one', async (t) => {
  await ffmpeg(videos, '-f', 'lavfi', '-i', 'color=black:s=320x192:r=25:d=4', ...H264, '-g', '25', 'all-black.mp4')
  await ffmpeg(videos, '-f', 'lavfi', '-i', 'color=black:s=320x192:r=25:d=1', ...H264, '-g', '999', 'one-black-key.mp4')
  for (const mode of [extractRanged, extractFull]) {
    t.equal((await extract(t, join(videos, 'all-black.mp4'), 'auto', {}, mode)).timestampMicros, 2_000_000)
    t.equal((await extract(t, join(videos, 'one-black-key.mp4'), 'auto', {}, mode)).timestampMicros, 0)
  }
})

t.test('chooses a key frame after a fade from black', async (t) => {
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=25:d=4',
    '-vf',
    'fade=in:0:45',
    ...H264,
    '-g',
    '25',
    '-sc_threshold',
    '0',
    'fade-in.mp4'
  )
  for (const mode of [extractRanged, extractFull]) {
    t.equal((await extract(t, join(videos, 'fade-in.mp4'), 'auto', {}, mode)).timestampMicros, 2_000_000)
  }
})

t.test('rejects a timestamp past the end, like the full download', async (t) => {
  await t.rejects(extract(t, join(videos, 'b-frames.mp4'), '4'), {
    code: 'timestamp_out_of_range',
    members: { duration: 4 }
  })
  t.equal(await readNumber(await extract(t, join(videos, 'b-frames.mp4'), '99', { beyond: 'clamp' })), 99)
})

t.test('falls back for containers without an index', async (t) => {
  await ffmpeg(videos, '-i', 'b-frames.mp4', '-c', 'copy', 'stream.ts')
  await t.rejects(extract(t, join(videos, 'stream.ts'), '1'), { name: 'RangedExtractionError' })
})
