import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { measurePsnr } from '../../../support/psnr.ts'
import { parseTimestamp } from '../../../../src/options/timestamp.ts'
import { openMp4 } from '../../../../src/video/demux/open-mp4.ts'
import { createFfmpeg } from '../../../../src/video/decode/ffmpeg/ffmpeg.ts'
import { createExtractFull } from '../../../../src/video/extract/extract-full.ts'
import type { FrameRequest } from '../../../../src/video/extract/extract-frame.ts'
import { createLibav } from '../../../../src/video/decode/libav/libav.ts'
import { NO_ISOLATION } from '../../../../src/sandbox/isolation.ts'
import { makeFrameSource, makeExtractContext } from '../../../support/frame-source.ts'
import { makeTestPool, NO_LIBAV } from '../../../support/test-decoder.ts'
import { ffmpeg, findTestFfmpeg, H264, makeBarcodeVideo } from '../../../support/videos.ts'
import type { Decoder } from '../../../../src/video/decode/decoder.ts'

t.setTimeout(240_000)
const skip = NO_LIBAV
const directory = t.testdir()
const program = createFfmpeg({ path: await findTestFfmpeg(), missing: new Set(), isolation: NO_ISOLATION })
const library = createLibav(makeTestPool(), new Set())

/** Below this two pictures are not the same. */
const LEAST_PSNR = 50
/** FFmpeg 8 interpolates the lines of the other field slightly differently from FFmpeg 5.1. */
const LEAST_PSNR_INTERLACED = 45

const KINDS: Array<[name: string, args: readonly string[]]> = [
  ['h264.mp4', H264],
  ['interlaced.mkv', [...H264, '-flags', '+ildct+ilme', '-x264-params', 'tff=1']],
  [
    'hevc-10.mp4',
    ['-pix_fmt', 'yuv420p10le', '-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'keyint=24:log-level=error']
  ],
  [
    'hdr.mkv',
    [
      '-pix_fmt',
      'yuv420p10le',
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'keyint=24:log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc'
    ]
  ],
  ['vp9.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '30']],
  ['mpeg4.avi', ['-c:v', 'mpeg4', '-q:v', '4', '-bf', '2']],
  ['mpeg2.ts', ['-c:v', 'mpeg2video', '-q:v', '4', '-bf', '2']],
  ['mpeg1.mpg', ['-c:v', 'mpeg1video', '-q:v', '4']],
  ['flv1.flv', ['-c:v', 'flv', '-q:v', '4']],
  ['mjpeg.mov', ['-c:v', 'mjpeg', '-q:v', '3']],
  ['theora.ogv', ['-c:v', 'libtheora', '-q:v', '7']],
  ['msmpeg4.asf', ['-c:v', 'msmpeg4v3', '-q:v', '4']]
]

const REQUESTS: ReadonlyArray<Pick<FrameRequest, 'seek'> & { readonly timestamp: string }> = [
  { timestamp: 'first', seek: 'exact' },
  { timestamp: '1.5', seek: 'exact' },
  { timestamp: '1.5', seek: 'keyframe' },
  { timestamp: 'last', seek: 'exact' },
  { timestamp: 'auto', seek: 'keyframe' }
]

async function extract (t: Test, decoder: Decoder, path: string, { timestamp, seek }: (typeof REQUESTS)[number]) {
  const mode = createExtractFull({ decoder, countThreads: () => 1, maxPixels: 36e6 })
  const request: FrameRequest = {
    timestamp: parseTimestamp(timestamp),
    seek,
    beyond: 'error',
    width: 200,
    height: undefined,
    fit: 'inside'
  }
  return await mode(makeFrameSource(path), request, makeExtractContext(t.testdir()))
}

for (const [name, args] of KINDS) {
  t.test(`returns the same as the program: ${name}`, { skip }, async (t) => {
    const path = await makeBarcodeVideo(directory, name, { seconds: 3, framesPerSecond: 25, args })
    for (const request of REQUESTS) {
      const [one, other] = [await extract(t, program, path, request), await extract(t, library, path, request)]
      const psnr = measurePsnr(one.picture, other.picture)
      t.ok(
        psnr >= (name.startsWith('interlaced') ? LEAST_PSNR_INTERLACED : LEAST_PSNR),
        `${request.timestamp}: ${psnr} dB`
      )
      t.same({ ...other, picture: 0 }, { ...one, picture: 0 }, request.timestamp)
    }
  })
}

t.test('follows a video that changes its size', { skip }, async (t) => {
  for (const [size, name] of [
    ['320x192', 'small.ts'],
    ['640x384', 'large.ts']
  ] as const) {
    await ffmpeg(directory, '-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=1`, ...H264, name)
  }
  await ffmpeg(directory, '-i', 'concat:small.ts|large.ts', '-c', 'copy', 'both.ts')
  const input = {
    path: join(directory, 'both.ts'),
    container: { name: 'mpegts', demuxer: 'mpegts', startsAtZero: false },
    isProbed: true,
    threads: 1,
    maxPixels: 36e6,
    bytes: 1e6
  } as const
  const context = { signal: new AbortController().signal, directory }
  const frames = await library.inspect(input, context)
  t.same([...new Set(frames.map(({ width, height }) => `${width}x${height}`))], ['320x192', '640x384'])
  for (const { pts, width } of [frames.at(3)!, frames.at(-3)!]) {
    const plan = { pts: [pts], seekSeconds: undefined, keyFramesOnly: false, filters: 'format=rgb24' }
    const [one, other] = [await program.decode(input, plan, context), await library.decode(input, plan, context)]
    t.equal(other.frames[0]?.picture.width, width)
    t.ok(measurePsnr(other.frames[0]!.picture, one.frames[0]!.picture) >= LEAST_PSNR)
  }
  const both = {
    pts: [frames.at(3)!.pts, frames.at(-3)!.pts],
    seekSeconds: undefined,
    keyFramesOnly: false,
    filters: 'format=rgb24'
  }
  t.same(
    (await library.decode(input, both, context)).frames.map(({ picture: { width } }) => width),
    [320, 640],
    'also in one go'
  )
})

t.test('returns all frames with one time, in order', { skip }, async (t) => {
  await ffmpeg(directory, '-f', 'lavfi', '-i', 'testsrc2=s=320x192:r=25:d=1', ...H264, 'first.ts')
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=640x384:r=25:d=1',
    ...H264,
    '-output_ts_offset',
    '0.92',
    'second.ts'
  )
  const path = join(directory, 'overlapping.ts')
  await writeFile(
    path,
    Buffer.concat(await Promise.all(['first.ts', 'second.ts'].map((name) => readFile(join(directory, name)))))
  )
  const input = {
    path,
    container: { name: 'mpegts', demuxer: 'mpegts', startsAtZero: false },
    isProbed: true,
    threads: 1,
    maxPixels: 36e6,
    bytes: 1e6
  } as const
  const context = { signal: new AbortController().signal, directory }
  const frames = await library.inspect(input, context)
  const pts = frames.find(({ width }) => width === 640)?.pts ?? NaN
  t.equal(frames.filter((frame) => frame.pts === pts).length, 2)
  const plan = {
    pts: [pts, pts],
    seekSeconds: undefined,
    keyFramesOnly: false,
    filters: 'scale=160:96:flags=bicubic,format=rgb24'
  }
  const [ones, others] = [
    (await program.decode(input, plan, context)).frames,
    (await library.decode(input, plan, context)).frames
  ]
  t.same(
    others.map(({ info: { width } }) => width),
    [320, 640]
  )
  for (const [place, { picture }] of ones.entries()) t.ok(measurePsnr(picture, others[place]!.picture) >= LEAST_PSNR)
})

t.test('selects the packets that lead to a frame, without copying them', { skip }, async (t) => {
  const path = await makeBarcodeVideo(directory, 'run.ts', { seconds: 3, framesPerSecond: 25, args: H264 })
  const input = {
    path,
    container: { demuxer: 'mpegts' },
    isProbed: true,
    threads: 1,
    maxPixels: 36e6,
    bytes: 1e6
  } as const
  const context = { signal: new AbortController().signal, directory }
  const {
    packets,
    timeBase: { numerator, denominator }
  } = (await library.list(input, context)).chosen
  const first = packets.findLastIndex(({ isKey }) => isKey)
  t.ok(first > 6)
  const wanted = packets.slice(first, first + 6)
  const cut = await library.cut(
    input,
    { seekSeconds: (wanted[0]!.pts * numerator) / denominator, packetCount: 6 },
    join(directory, 'never.nut'),
    context
  )
  t.same(cut?.track.packets, wanted)
  const fromStart = await library.cut(
    input,
    { seekSeconds: undefined, packetCount: 3 },
    join(directory, 'never.nut'),
    context
  )
  t.same(fromStart?.track.packets, packets.slice(0, 3))

  const pts = wanted.at(-1)!.pts
  const plan = { pts: [pts], seekSeconds: undefined, keyFramesOnly: false, filters: 'format=rgb24' }
  const [whole, alone] = [await library.decode(input, plan, context), await library.decode(cut!.input, plan, context)]
  t.equal(alone.frames[0]?.info.pts, pts)
  t.same(alone.frames[0]?.picture.data, whole.frames[0]?.picture.data)
  const outside = [
    packets[first - 1]!.pts,
    packets.slice(first + 6).reduce((latest, packet) => Math.max(latest, packet.pts), 0)
  ]
  t.same((await library.decode(cut!.input, { ...plan, pts: outside }, context)).frames, [], 'nothing else is decoded')
})

t.test('ends the last packet of a track with the track, as the index does', { skip }, async (t) => {
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=25:d=2',
    '-f',
    'lavfi',
    '-i',
    'sine=r=44100:d=2',
    '-c:v',
    'libx264',
    '-bf',
    '0',
    '-c:a',
    'aac',
    'sound.mp4'
  )
  await ffmpeg(
    directory,
    '-t',
    '0.5',
    '-i',
    'sound.mp4',
    '-t',
    '1.01',
    '-i',
    'sound.mp4',
    '-map',
    '0:v',
    '-map',
    '1:a',
    '-c',
    'copy',
    'shortened.mp4'
  )
  const path = join(directory, 'shortened.mp4')
  const {
    info: { durationMicros }
  } = await openMp4(makeFrameSource(path).reader)
  const {
    source: { duration }
  } = await extract(t, library, path, { timestamp: 'first', seek: 'exact' })
  t.equal(duration, durationMicros! / 1e6)
})

t.test('ends a truncated file with its last packet, as the program does', { skip }, async (t) => {
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=25:d=4',
    '-c:v',
    'libx264',
    '-bf',
    '0',
    '-g',
    '10',
    '-movflags',
    'faststart',
    'whole.mp4'
  )
  const bytes = await readFile(join(directory, 'whole.mp4'))
  const path = join(directory, 'cut-off.mp4')
  await writeFile(path, bytes.subarray(0, Math.floor(bytes.length / 2)))
  const [one, other] = await Promise.all(
    [program, library].map((decoder) => extract(t, decoder, path, { timestamp: '37%', seek: 'exact' }))
  )
  t.ok((one!.source.duration ?? NaN) < 3)
  t.same({ ...other, picture: 0 }, { ...one, picture: 0 })
  t.same(other!.picture.data, one!.picture.data)
})

t.test('returns no missing frame, and explains a failed job', { skip }, async (t) => {
  const path = join(directory, 'h264.mp4')
  const input = {
    path,
    container: { demuxer: 'mov', startsAtZero: true },
    isProbed: true,
    threads: 1,
    maxPixels: 36e6,
    bytes: 1e6
  } as const
  const context = { signal: new AbortController().signal, directory }
  const plan = { pts: [-12345], seekSeconds: undefined, keyFramesOnly: false, filters: 'format=rgb24' }
  t.same(await library.decode(input, plan, context), { frames: [], decodeError: undefined })
  await t.rejects(library.decode(input, { ...plan, pts: [0], filters: 'nonsense' }, context), { code: /corrupt_video/ })
  await t.rejects(library.decode({ ...input, maxPixels: 1000 }, { ...plan, pts: [0] }, context), {
    code: 'video_limits_exceeded'
  })
  await t.rejects(library.list({ ...input, container: { demuxer: 'avi' } }, context), { code: 'corrupt_video' })
})
