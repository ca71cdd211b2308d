import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import type { Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import type { FrameRequest } from '../../../src/video/extract/extract-frame.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { ORIGINAL_SIZE, makeFrameSource, makeExtractContext } from '../../support/frame-source.ts'
import { H264, ffmpeg, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'

const extractFull = createExtractFull({ decoder: await makeTestDecoder(), countThreads: () => 1, maxPixels: 36e6 })

async function extract (
  t: Test,
  path: string,
  timestamp: string,
  request: Partial<FrameRequest> = {}
): Promise<ExtractedFrame> {
  return await extractFull(
    makeFrameSource(path),
    { timestamp: parseTimestamp(timestamp), ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error', ...request },
    makeExtractContext(t.testdir())
  )
}

async function readNumber ({ picture: { data, width, height, channels } }: ExtractedFrame): Promise<number> {
  const grey = await sharp(data, { raw: { width, height, channels } }).greyscale().raw().toBuffer()
  return readBarcode(grey, width, height)
}

// Every case is two or three runs of ffmpeg, and there are many.
t.setTimeout(180_000)
const videos = t.testdir()
const KINDS: Array<[string, readonly string[]]> = [
  ['b-frames.mp4', H264],
  ['faststart.mp4', [...H264, '-movflags', '+faststart']],
  [
    'open-gop.mp4',
    ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '24', '-bf', '3', '-x264-params', 'open-gop=1:scenecut=0']
  ],
  ['fragmented.mp4', [...H264, '-bf', '0', '-movflags', '+frag_keyframe+empty_moov']],
  ['one-key-frame.mkv', ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '9999', '-sc_threshold', '0']],
  ['vp9.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-g', '30']],
  ['stream.ts', H264],
  ['mpeg4.avi', ['-c:v', 'mpeg4', '-bf', '2', '-g', '12', '-q:v', '3']],
  ['mpeg2.mpg', ['-c:v', 'mpeg2video', '-bf', '2', '-q:v', '3', '-f', 'vob']],
  ['h264.flv', H264]
]

for (const [name, args] of KINDS) {
  t.test(`extracts exactly the frame that is shown: ${name}`, async (t) => {
    const path = await makeBarcodeVideo(videos, name, { seconds: 4, framesPerSecond: 25, args })
    const cases: Array<[string, number]> = [
      ['first', 0],
      ['0.0399', 0],
      ['1.5', 37],
      ['2.0399', 50],
      ['-1ms', 99]
    ]
    for (const [timestamp, number] of cases) {
      const frame = await extract(t, path, timestamp)
      t.equal(await readNumber(frame), number, timestamp)
      t.equal(frame.mode, 'full')
      t.equal(Math.round(frame.timestampMicros / 40_000), number, 'and says its time')
    }
    const { timestampMicros } = await extract(t, path, '1.5')
    t.equal(
      (await extract(t, path, String(timestampMicros / 1e6))).timestampMicros,
      timestampMicros,
      'the answered time gives the same frame'
    )
  })
}

t.test('knows the duration, and rejects a timestamp past it', async (t) => {
  const path = join(videos, 'b-frames.mp4')
  t.equal((await extract(t, path, 'first')).source.duration, 4)
  await t.rejects(extract(t, path, '4'), { code: 'timestamp_out_of_range', members: { duration: 4 } })
  t.equal(await readNumber(await extract(t, path, '99', { beyond: 'clamp' })), 99)
})

t.test('returns the key frame at or before the timestamp', async (t) => {
  const frame = await extract(t, join(videos, 'b-frames.mp4'), '1.5', { seek: 'keyframe' })
  t.equal(await readNumber(frame), 24)
  t.ok(frame.isKey)
  t.equal(frame.packetsDecoded, 1)
})

t.test('describes the source', async (t) => {
  const { source } = await extract(t, join(videos, 'vp9.webm'), 'first')
  t.same(source, { duration: 4, container: 'webm', codec: 'vp9', width: 320, height: 192, rotation: 0, hdr: false })
})

t.test('rotates pictures upright', async (t) => {
  await ffmpeg(videos, '-display_rotation', '90', '-i', 'b-frames.mp4', '-c', 'copy', 'turned.mp4').catch(async () => {
    await ffmpeg(videos, '-i', 'b-frames.mp4', '-c', 'copy', '-metadata:s:v', 'rotate=90', 'turned.mp4')
  })
  const upright = await extract(t, join(videos, 'b-frames.mp4'), '1')
  const turned = await extract(t, join(videos, 'turned.mp4'), '1')
  t.match(turned, { picture: { width: 192, height: 320 }, source: { width: 192, height: 320, rotation: 270 } })
  const { data, width, height, channels } = turned.picture
  const back = await sharp(data, { raw: { width, height, channels } }).rotate(90).raw().toBuffer()
  t.ok(meanDifference(back, upright.picture.data) < 2, 'the same picture once turned back')
})

t.test('shows pictures with non-square pixels at their display size', async (t) => {
  await ffmpeg(videos, '-i', 'b-frames.mp4', '-vf', 'setsar=64/45', ...H264, 'oblong.mp4')
  t.match(await extract(t, join(videos, 'oblong.mp4'), '1'), {
    picture: { width: 455, height: 192 },
    source: { width: 455, height: 192 }
  })
})

t.test('gets colours right, tagged or not, full range or limited', async (t) => {
  const cases: Array<[string, string, string[]]> = [
    [
      'tagged-709.mp4',
      '1280x720',
      ['-vf', 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p', '-colorspace', 'bt709', '-color_range', 'tv']
    ],
    [
      'tagged-601.mp4',
      '1280x720',
      [
        '-vf',
        'scale=out_color_matrix=bt601:out_range=tv,format=yuv420p',
        '-colorspace',
        'smpte170m',
        '-color_range',
        'tv'
      ]
    ],
    [
      'full-range.mp4',
      '1280x720',
      ['-vf', 'scale=out_color_matrix=bt709:out_range=pc,format=yuvj420p', '-colorspace', 'bt709', '-color_range', 'pc']
    ],
    ['untagged-hd.mp4', '1280x720', ['-vf', 'scale=out_color_matrix=bt709:out_range=tv,format=yuv420p']],
    ['untagged-sd.mp4', '640x360', ['-vf', 'scale=out_color_matrix=bt601:out_range=tv,format=yuv420p']]
  ]
  for (const [name, size, args] of cases) {
    await ffmpeg(
      videos,
      '-f',
      'lavfi',
      '-i',
      `color=c=0xC81E32:s=${size}:r=5:d=1,format=rgb24`,
      ...args,
      '-c:v',
      'libx264',
      '-qp',
      '1',
      name
    )
    const { data } = (await extract(t, join(videos, name), 'first')).picture
    const [red = 0, green = 0, blue = 0] = data.subarray(0, 3)
    t.ok(
      Math.abs(red - 0xc8) <= 1 && Math.abs(green - 0x1e) <= 1 && Math.abs(blue - 0x32) <= 1,
      `${name}: ${red} ${green} ${blue}`
    )
  }
})

t.test('chooses a representative key frame, not the black ones', async (t) => {
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

t.test('extracts from the video track, never from a cover picture', async (t) => {
  await ffmpeg(videos, '-f', 'lavfi', '-i', 'color=red:s=640x640', '-frames:v', '1', 'cover.png')
  await ffmpeg(
    videos,
    '-i',
    'b-frames.mp4',
    '-i',
    'cover.png',
    '-map',
    '0',
    '-map',
    '1',
    '-c',
    'copy',
    '-disposition:v:1',
    'attached_pic',
    'covered.mp4'
  )
  t.equal(await readNumber(await extract(t, join(videos, 'covered.mp4'), '1')), 25)
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'sine=d=1',
    '-i',
    'cover.png',
    '-map',
    '0',
    '-map',
    '1',
    '-c:v',
    'copy',
    '-disposition:v:0',
    'attached_pic',
    'song.m4a'
  )
  await t.rejects(extract(t, join(videos, 'song.m4a'), 'first'), { code: 'no_video_track' })
})

t.test('rejects audio-only, truncated and corrupt files with a typed error', async (t) => {
  await ffmpeg(videos, '-f', 'lavfi', '-i', 'sine=d=1', 'sound.mp4')
  await t.rejects(extract(t, join(videos, 'sound.mp4'), 'first'), { code: 'no_video_track' })
  await writeFile(join(videos, 'cut.mp4'), (await readFile(join(videos, 'b-frames.mp4'))).subarray(0, 5000))
  await t.rejects(extract(t, join(videos, 'cut.mp4'), 'first'), { code: 'corrupt_video' })
})

t.test('rejects pictures above the limit before it decodes them', async (t) => {
  const small = createExtractFull({ decoder: await makeTestDecoder(), countThreads: () => 1, maxPixels: 1000 })
  await t.rejects(
    small(
      makeFrameSource(join(videos, 'b-frames.mp4')),
      { timestamp: { kind: 'first' }, ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error' },
      makeExtractContext(t.testdir())
    ),
    { code: 'video_limits_exceeded' }
  )
})

function meanDifference (a: Buffer, b: Buffer): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += Math.abs(a[at]! - b[at]!)
  return sum / a.length
}

t.test('supports the separate alpha channel of WebM', async (t) => {
  for (const [codec, encoder] of [
    ['vp9', 'libvpx-vp9'],
    ['vp8', 'libvpx']
  ] as const) {
    await ffmpeg(
      videos,
      '-f',
      'lavfi',
      '-i',
      'color=red:s=64x64:r=10:d=1,format=yuva420p,geq=' +
        'lum=lum(X\\,Y):cb=cb(X\\,Y):cr=cr(X\\,Y):a=if(lt(X\\,W/2)\\,0\\,255)',
      '-c:v',
      encoder,
      '-pix_fmt',
      'yuva420p',
      '-auto-alt-ref',
      '0',
      `transparent-${codec}.webm`
    )
    const { picture } = await extract(t, join(videos, `transparent-${codec}.webm`), '0.5')
    t.match(picture, { width: 64, height: 64, channels: 4 }, codec)
    t.ok(picture.data[3]! < 30 && picture.data[4 * 63 + 3]! > 225, 'the left is transparent, the right is not')
  }
})
