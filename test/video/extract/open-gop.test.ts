import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createExtractRanged } from '../../../src/video/extract/extract-ranged.ts'
import { PresentationClock } from '../../../src/video/extract/choose-frame.ts'
import { detectFileContainer } from '../../../src/video/demux/sniff.ts'
import { buildFrameFilters } from '../../../src/video/decode/filters.ts'
import { createIndexCache } from '../../../src/video/extract/index-cache.ts'
import { openIndex } from '../../../src/video/demux/open-index.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { ORIGINAL_SIZE, CountingReader, makeFrameSource, makeExtractContext } from '../../support/frame-source.ts'
import { ffmpeg } from '../../support/videos.ts'
import type { DecodedFrame } from '../../../src/video/decode/decoder.ts'

// Every frame of each file is a run of ffmpeg.
t.setTimeout(300_000)
const decoder = await makeTestDecoder()
const makeMode = (port = decoder) =>
  createExtractRanged({
    decoder: port,
    countThreads: () => 1,
    maxPixels: 36e6,
    openIndex,
    indexes: createIndexCache({ maxBytes: 1e6 })
  })
const directory = t.testdir()

const X264 = [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-x264-params',
  'open-gop=1:keyint=12:bframes=3:b-adapt=0:scenecut=0'
]
const X265 = [
  '-c:v',
  'libx265',
  '-preset',
  'ultrafast',
  '-x265-params',
  'open-gop=1:keyint=12:bframes=3:b-adapt=0:scenecut=0:log-level=error',
  '-tag:v',
  'hvc1'
]
const FRAMES = 40

const make = async (name: string, args: readonly string[]) =>
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=96x64:r=10:d=4',
    '-vf',
    'format=yuv420p,rotate=t*0.5',
    ...args,
    name
  )
await make('h264.mp4', X264)
await make('hevc.mp4', X265)
for (const codec of ['h264', 'hevc']) {
  await ffmpeg(directory, '-i', `${codec}.mp4`, '-c', 'copy', `${codec}.mkv`)
  await ffmpeg(
    directory,
    '-i',
    `${codec}.mp4`,
    '-c',
    'copy',
    '-movflags',
    '+frag_keyframe+empty_moov+default_base_moof',
    `${codec}-fragmented.mp4`
  )
}
const NAMES = ['h264', 'hevc'].flatMap((codec) => [`${codec}.mp4`, `${codec}-fragmented.mp4`, `${codec}.mkv`])

/** All the frames of one run of the decoder over the whole file, and its clock. */
async function decodeWhole (path: string): Promise<{ frames: readonly DecodedFrame[], clock: PresentationClock }> {
  const reader = new CountingReader(path)
  const input = {
    path,
    container: await detectFileContainer(path),
    isProbed: true,
    threads: 1,
    maxPixels: 36e6,
    bytes: reader.size
  }
  const context = makeExtractContext(directory)
  const all = await decoder.inspect(input, context)
  const {
    chosen: { timeBase }
  } = await decoder.list(input, context)
  const plan = {
    pts: all.map(({ pts }) => pts),
    seekSeconds: undefined,
    keyFramesOnly: false,
    filters: buildFrameFilters(all[0]!, ORIGINAL_SIZE).filters
  }
  return { frames: (await decoder.decode(input, plan, context)).frames, clock: new PresentationClock(timeBase, 0) }
}

for (const name of NAMES) {
  t.test(`carries every frame of an open GOP, equal to the full decode's: ${name}`, async (t) => {
    const path = join(directory, name)
    const { frames, clock } = await decodeWhole(path)
    t.equal(frames.length, FRAMES)
    const extractRanged = makeMode()
    let decodes = 0
    for (const { info, picture } of frames) {
      const context = {
        ...makeExtractContext(await mkdtemp(join(directory, 'frame-'))),
        inSlot: async <T>(task: () => Promise<T>) => {
          decodes++
          return await task()
        }
      }
      const micros = clock.toMicros(info.pts)
      const taken = await extractRanged(
        makeFrameSource(path),
        { timestamp: { kind: 'from-start', micros }, seek: 'exact', beyond: 'error', ...ORIGINAL_SIZE },
        context
      )
      t.equal(taken.timestampMicros, micros)
      t.ok(taken.picture.data.equals(picture.data), `the frame at ${micros} us, to the last bit`)
    }
    // FFmpeg 8 returns every correct frame without an earlier start.
    if (name.startsWith('h264') && process.env['POSTERFRAME_DECODER'] !== 'libav') {
      t.ok(decodes > frames.length, 'some of them from a key frame earlier')
    }
  })

  t.test(`extends a packet range to an earlier key frame without reading it again: ${name}`, async (t) => {
    const source = new CountingReader(join(directory, name))
    const index = await openIndex(source)
    const range = await index.readPacketRange(source, 3_100_000, 'exact')
    source.reads = []
    const earlier = await index.readEarlier(source, range)
    const added = earlier.packets.length - range.packets.length
    t.equal(added, 12)
    t.same(earlier.packets.slice(added), range.packets)
    t.match(earlier, { targetPts: range.targetPts, isKey: range.isKey })
    t.ok(earlier.packets[0]?.isKey)
    if (name === 'h264.mp4') {
      const addedBytes = earlier.packets.slice(0, added).reduce((bytes, { data }) => bytes + data.length, 0)
      t.same(
        source.reads.map(({ start, end }) => end - start),
        [addedBytes]
      )
    }
    const first = await index.readPacketRange(source, 0, 'exact')
    await t.rejects(
      index.readEarlier(source, first),
      { name: 'RangedExtractionError' },
      'nothing comes before the first key frame'
    )
  })
}

t.test('steps back four times at most', async (t) => {
  let decodes = 0
  const blind = {
    ...decoder,
    decode: async () => {
      decodes++
      return { frames: [], decodeError: undefined }
    }
  }
  await make('many-keys.mp4', ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '4'])
  const request = {
    timestamp: { kind: 'from-start', micros: 3_500_000 },
    seek: 'exact',
    beyond: 'error',
    ...ORIGINAL_SIZE
  } as const
  await t.rejects(
    makeMode(blind)(makeFrameSource(join(directory, 'many-keys.mp4')), request, makeExtractContext(t.testdir())),
    { name: 'RangedExtractionError', message: 'the segment did not yield the frame' }
  )
  t.equal(decodes, 5)
})

t.test('falls back for periodic intra refresh, which has no key frames', async (t) => {
  await make('refresh.mp4', [
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
    '-x264-params',
    'intra-refresh=1:keyint=12:bframes=0'
  ])
  const request = {
    timestamp: { kind: 'from-start', micros: 3_500_000 },
    seek: 'exact',
    beyond: 'error',
    ...ORIGINAL_SIZE
  } as const
  await t.rejects(
    makeMode()(makeFrameSource(join(directory, 'refresh.mp4')), request, makeExtractContext(t.testdir())),
    {
      name: 'RangedExtractionError'
    }
  )
})
