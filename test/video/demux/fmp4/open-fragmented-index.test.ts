import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { PresentationClock, listFrameTimes } from '../../../../src/video/extract/choose-frame.ts'
import { findMovie } from '../../../../src/video/demux/mp4/find-movie.ts'
import { openFragmentedIndex } from '../../../../src/video/demux/fmp4/open-fragmented-index.ts'
import { createCountingReader } from '../../../support/counting-reader.ts'
import { ffmpeg } from '../../../support/videos.ts'
import { assertSameFrames, listByFfmpeg, listTestTimes } from './agreement.ts'

const CORPUS = '../shared/media'
const skip = !existsSync(CORPUS) && `needs the corpus in ${CORPUS}`
t.setTimeout(300_000)

async function openFile (path: string) {
  const source = createCountingReader(path)
  const { movie, moov } = await findMovie(source)
  const before = source.reads.length
  const index = await openFragmentedIndex(source, { movie, moov, container: 'mp4' })
  return {
    source,
    index,
    requests: source.reads.length - before,
    reopen: async () => await openFragmentedIndex(source, { movie, moov, container: 'mp4' })
  }
}

async function checkFile (t: Test, path: string) {
  const { index, source } = await openFile(path)
  const tracks = await listByFfmpeg(path)
  const video = tracks.find(({ kind }) => kind === 'video')!
  const clock = new PresentationClock(video.timeBase, 0)
  await assertSameFrames(t, index, source, video, listTestTimes(listFrameTimes(video.packets)!, clock))
  const ends = tracks.map(({ span, timeBase }) => new PresentationClock(timeBase, 0).toMicros(span!.end))
  // ffmpeg counts the last audio frame in full, although the file says that it is cut.
  t.ok(
    Math.abs(index.info.durationMicros! - Math.max(...ends)) < 25_000,
    `lasts ${index.info.durationMicros}, by ffmpeg ${Math.max(...ends)}`
  )
  return { index, source, video }
}

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=8']
const SOUND = ['-f', 'lavfi', '-i', 'sine=r=44100:d=8.2', '-c:a', 'aac']
const B_FRAMES = ['-c:v', 'libx264', '-preset', 'veryfast', '-g', '25', '-bf', '3']
const OPEN_GOP = [
  '-c:v',
  'libx264',
  '-preset',
  'veryfast',
  '-bf',
  '3',
  '-x264-params',
  'open-gop=1:keyint=50:min-keyint=50:scenecut=0'
]

const layouts: Record<string, string[]> = {
  'a moof a key frame, no edit': [
    ...PICTURE,
    ...SOUND,
    ...B_FRAMES,
    '-movflags',
    'frag_keyframe+empty_moov+default_base_moof'
  ],
  'an edit list': [...PICTURE, ...SOUND, ...B_FRAMES, '-movflags', 'frag_keyframe+delay_moov'],
  'one sidx for all': [
    ...PICTURE,
    ...SOUND,
    ...B_FRAMES,
    '-movflags',
    'frag_keyframe+delay_moov+default_base_moof+global_sidx'
  ],
  'a sidx before each moof': [...PICTURE, ...SOUND, ...B_FRAMES, '-movflags', 'dash+frag_keyframe'],
  'no index boxes': [
    ...PICTURE,
    ...SOUND,
    ...B_FRAMES,
    '-movflags',
    'frag_keyframe+empty_moov+default_base_moof+skip_trailer'
  ],
  'a moof a frame': [
    ...PICTURE,
    ...B_FRAMES,
    '-movflags',
    'frag_every_frame+empty_moov+default_base_moof+skip_trailer'
  ],
  'fragments that begin anywhere, open GOPs': [
    ...PICTURE,
    ...OPEN_GOP,
    '-frag_duration',
    '700000',
    '-movflags',
    'empty_moov+default_base_moof'
  ],
  'the first fragments in the movie box': [...PICTURE, ...SOUND, ...B_FRAMES, '-movflags', 'frag_keyframe'],
  'the first fragments in the movie box, no index boxes': [
    ...PICTURE,
    ...OPEN_GOP,
    '-frag_duration',
    '700000',
    '-movflags',
    'frag_keyframe+skip_trailer'
  ],
  'a moof a track': [
    ...PICTURE,
    ...SOUND,
    ...B_FRAMES,
    '-movflags',
    'frag_keyframe+empty_moov+default_base_moof+separate_moof'
  ]
}

t.test('finds the frames that ffmpeg lists', async (t) => {
  for (const [layout, args] of Object.entries(layouts)) {
    await t.test(layout, async (t) => {
      const directory = t.testdir()
      await ffmpeg(directory, ...args, 'video.mp4')
      await checkFile(t, join(directory, 'video.mp4'))
    })
  }
})

const longDirectory = t.testdir()
let longSource: Promise<void> | undefined

/** Twenty minutes with a key frame each ten seconds, more bytes than are read whole or walked over. */
async function makeLong (name: string, movflags: string): Promise<string> {
  longSource ??= ffmpeg(
    longDirectory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=64x48:r=5:d=1200',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-b:v',
    '150k',
    '-minrate',
    '150k',
    '-maxrate',
    '150k',
    '-bufsize',
    '150k',
    '-x264-params',
    'bframes=2:keyint=50:min-keyint=50:scenecut=0:nal-hrd=cbr',
    'source.mp4'
  )
  await longSource
  await ffmpeg(longDirectory, '-i', 'source.mp4', '-c', 'copy', '-movflags', movflags, `${name}.mp4`)
  return join(longDirectory, `${name}.mp4`)
}

const longLayouts: ReadonlyArray<readonly [name: string, movflags: string, requestsForBoth: number]> = [
  ['with sidx', 'frag_keyframe+delay_moov+default_base_moof+global_sidx', 8],
  ['with mfra', 'frag_keyframe+empty_moov', 8],
  ['without an index', 'frag_keyframe+empty_moov+skip_trailer', 25],
  ['without an index, a moof a frame', 'frag_every_frame+empty_moov+skip_trailer', 30]
]

t.test('reads little of a long file', async (t) => {
  for (const [name, movflags, requestsForBoth] of longLayouts) {
    await t.test(name, async (t) => {
      const path = await makeLong(name, movflags)
      const { source, reopen } = await openFile(path)
      const video = (await listByFfmpeg(path))[0]!
      for (const atMicros of [0, 3_123_456, 444_444_444, 719_990_000, 1_100_000_000, Number.MAX_SAFE_INTEGER]) {
        const [requests, bytes] = [source.reads.length, source.bytesRead]
        const index = await reopen()
        await assertSameFrames(t, index, source, video, [atMicros])
        t.ok(
          source.reads.length - requests <= requestsForBoth,
          `${source.reads.length - requests} requests to open it and read a key frame and an exact frame at ${atMicros}`
        )
        t.ok(
          source.bytesRead - bytes < source.size / 4,
          `${source.bytesRead - bytes} bytes of ${source.size} at ${atMicros}`
        )
      }
    })
  }
})

t.test('reads a frame of a known fragment with one request', async (t) => {
  const { source, reopen } = await openFile(await makeLong('again', 'frag_keyframe+empty_moov+skip_trailer'))
  const index = await reopen()
  await index.readPacketRange(source, 505_000_000, 'exact')
  const before = source.reads.length
  const [range, memoryBytes] = [await index.readPacketRange(source, 508_000_000, 'exact'), index.memoryBytes]
  t.equal(source.reads.length - before, 1)
  t.ok(range.packets.length > 1)
  t.ok(memoryBytes > 4096 && memoryBytes < 2 ** 20, `takes ${memoryBytes} bytes`)
})

t.test('spreads key frames over the video', async (t) => {
  const directory = t.testdir()
  await ffmpeg(directory, ...layouts['an edit list']!, 'video.mp4')
  const path = join(directory, 'video.mp4')
  const { index, source } = await openFile(path)
  const video = (await listByFfmpeg(path)).find(({ kind }) => kind === 'video')!
  const keys = video.packets.filter(({ isKey }) => isKey).map(({ pts }) => pts)
  t.same(
    (await index.readKeyFrames(source, 100)).map(({ targetPts }) => targetPts),
    keys,
    'all of them if there are few'
  )
  const some = await index.readKeyFrames(source, 3)
  t.same(
    some.map(({ targetPts }) => targetPts),
    [keys[1], keys[4], keys[6]]
  )
  t.ok(some.every(({ packets, isKey }) => packets.length === 1 && isKey))

  const longPath = await makeLong('spread', 'frag_keyframe+empty_moov+skip_trailer')
  const long = await openFile(longPath)
  const { timescale, durationMicros } = long.index.info
  const longKeys = (await listByFfmpeg(longPath))[0]!.packets.filter(({ isKey }) => isKey).map(({ pts }) => pts)
  const moments = [1, 3, 5, 7].map((eighth) => ((durationMicros! * eighth) / 8 / 1e6) * timescale)
  t.same(
    (await long.index.readKeyFrames(long.source, 4)).map(({ targetPts }) => targetPts),
    moments.map((moment) => longKeys.findLast((pts) => pts <= moment)),
    'the last ones before evenly spread times'
  )
})

t.test('rejects unsupported layouts', async (t) => {
  const directory = t.testdir()
  const layouts: Record<string, [RegExp, ...string[]]> = {
    'a frame shown before it is decoded': [
      /before it is decoded/,
      '-movflags',
      'frag_keyframe+empty_moov+negative_cts_offsets'
    ],
    'edits over samples in the movie box': [/edits over samples/, '-movflags', 'frag_keyframe', '-use_editlist', '1']
  }
  for (const [name, [reason, ...args]] of Object.entries(layouts)) {
    await ffmpeg(directory, ...PICTURE, ...B_FRAMES, ...args, 'unsupported.mp4')
    const rejection = { name: 'RangedExtractionError', message: reason }
    await t.rejects(openFile(join(directory, 'unsupported.mp4')), rejection, name)
  }
})

t.test('finds the frames that ffmpeg lists in real files', { skip }, async (t) => {
  const files = [
    'gomp4-sample_fragmented',
    'media3-sample_fragmented',
    'media3-sample_partially_fragmented',
    'media3-sample_fragmented_seekable',
    'media3-sample_fragmented_seekable_multiple_sidx',
    'media3-sample_with_increasing_timestamps_320w_240h_fragmented',
    'bomb-moof-10000-empty',
    'syn-frag-every-frame',
    'syn-frag-global-sidx',
    'syn-frag-nosidx-nomfra'
  ]
  for (const file of files) {
    await t.test(file, async (t) => {
      await checkFile(t, join(CORPUS, `${file}.mp4`))
    })
  }
})

t.test('rejects bombs and encrypted files', { skip }, async (t) => {
  const codes = {
    'bomb-trun-count': 'video_limits_exceeded',
    'bomb-trun-default-80m': 'video_limits_exceeded',
    'media3-sample_fragmented_widevine': 'encrypted_video',
    'media3-sample_fragmented_clearkey': 'encrypted_video'
  }
  for (const [file, code] of Object.entries(codes)) {
    await t.rejects(openFile(join(CORPUS, `${file}.mp4`)), { name: 'PosterframeError', code }, file)
  }
})

t.test('rejects unsupported real files', { skip }, async (t) => {
  const unsupported = ['media3-video_init', 'mediabunny-rotate-buck-bunny', 'mp4parse-no_timescale']
  for (const file of unsupported) {
    await t.rejects(openFile(join(CORPUS, `${file}.mp4`)), { name: 'RangedExtractionError' }, file)
  }
})

t.test(
  'rejects a sync sample that is not a key frame, and finds those that are',
  { skip },
  async (t) => {
    const path = join(CORPUS, 'shaka-v.mp4')
    const { index, source } = await openFile(path)
    await t.rejects(index.readPacketRange(source, 1_000_000, 'exact'), { name: 'RangedExtractionError' })
    const video = (await listByFfmpeg(path))[0]!
    await assertSameFrames(t, index, source, video, [10_000_000, 15_123_456, 33_333_333, Number.MAX_SAFE_INTEGER])
  }
)
