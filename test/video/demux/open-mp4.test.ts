import t from 'tap'
import { openMp4 } from '../../../src/video/demux/open-mp4.ts'
import type { PosterframeError } from '../../../src/errors.ts'
import {
  box,
  buildMovie,
  fullBox,
  type MoviePlan,
  type SamplePlan,
  soundEntry,
  type TrackPlan,
  u32,
  visualEntry,
  vp9Packet
} from '../../support/mp4-builder.ts'
import { createCountingReader } from '../../support/counting-reader.ts'
import { createRandom } from '../../support/random.ts'
import type { Seek } from '../../../src/options/frame-options.ts'
import { RangedExtractionError } from '../../../src/video/media/ranged-extraction-error.ts'

/** Frames of 40 ms; every fifth is a key frame. */
function makeSamples (count: number, size = 100): SamplePlan[] {
  return Array.from({ length: count }, (_, number) => ({
    data: vp9Packet(number % 5 === 0, size, number),
    delta: 40,
    isSync: number % 5 === 0
  }))
}

function makeSound (count: number): TrackPlan {
  return {
    handler: 'soun',
    sampleEntry: soundEntry(),
    samples: Array.from({ length: count }, () => ({ data: Buffer.alloc(60), delta: 20, isSync: true })),
    hasSyncTable: false
  }
}

const video: TrackPlan = { samples: makeSamples(20) }
const open = async (plan: MoviePlan) => await openMp4(createCountingReader(buildMovie(plan)))
const openVideo = async (change: Partial<TrackPlan>) => await open({ tracks: [{ ...video, ...change }] })

const manyAnd = (wanted: Buffer) => Buffer.concat([...Array<Buffer>(600).fill(box('free', [])), wanted])
const dataReference = box('dinf', fullBox('dref', [u32(1), fullBox('url ', [], { flags: 1 })]))

/** Lists the numbers in the packets that lead to a time. */
async function listPackets (plan: MoviePlan, atMicros: number, seek: Seek = 'exact'): Promise<number[]> {
  const reader = createCountingReader(buildMovie(plan))
  const { packets } = await (await openMp4(reader)).readPacketRange(reader, atMicros, seek)
  return packets.map(({ data }) => data.readUInt32BE(4))
}

t.test('finds a frame in every variant of the tables', async (t) => {
  const shapes: Record<string, MoviePlan> = {
    'moov first': { tracks: [video], isMovieFirst: true },
    'moov last': { tracks: [video] },
    'media of 64 bits': { tracks: [video], isLongMedia: true },
    'sound between': { tracks: [makeSound(40), video] },
    co64: { tracks: [{ ...video, hasLongOffsets: true }] },
    'stz2 of 16 bits': { tracks: [{ ...video, compactBits: 16 }] },
    'stz2 of 8 bits': { tracks: [{ ...video, compactBits: 8 }] },
    'stz2 of 4 bits': { tracks: [{ samples: makeSamples(20, 15), compactBits: 4 }] },
    'one chunk': { tracks: [{ ...video, chunks: [20] }] },
    'odd chunks': { tracks: [{ ...video, chunks: [3, 1, 1, 4] }] },
    'an edit that shows all': { tracks: [{ ...video, edits: [{ duration: 800, mediaTime: 0 }] }] },
    'an edit of 64 bits': { tracks: [{ ...video, edits: [{ duration: 800, mediaTime: 0 }], hasLongEdits: true }] },
    'many boxes without a meaning': { tracks: [{ ...video, instead: { dinf: manyAnd(dataReference) } }] },
    'one size for all': { tracks: [{ ...video, instead: { stsz: fullBox('stsz', u32(100, 20)) } }] }
  }
  for (const [name, plan] of Object.entries(shapes)) {
    t.same(await listPackets(plan, 300_000), [5, 6, 7], name)
    t.same(await listPackets(plan, 300_000, 'keyframe'), [5], `${name}, key frame`)
  }
})

t.test('applies edits', async (t) => {
  const cut = { duration: 200, mediaTime: 280 }
  t.same(await listPackets({ tracks: [{ ...video, edits: [cut] }] }, 0), [5, 6, 7], 'a trimmed beginning')
  t.same(
    await listPackets({ tracks: [{ ...video, edits: [cut] }] }, Number.MAX_SAFE_INTEGER),
    [10, 11],
    'a trimmed end'
  )
  t.same(
    await listPackets({ tracks: [{ ...video, edits: [{ duration: 500, mediaTime: -1 }, cut] }] }, 540_000),
    [5, 6, 7, 8],
    'a late beginning'
  )
  t.same(
    await listPackets({ tracks: [{ ...video, edits: [{ duration: 500, mediaTime: -1 }, cut] }] }, 0),
    [5, 6, 7],
    'before which the first frame is shown'
  )
  t.equal((await openVideo({ edits: [cut] })).info.durationMicros, 200_000)
  const reader = createCountingReader(buildMovie({ tracks: [{ ...video, edits: [cut] }] }))
  const index = await openMp4(reader)
  t.match(await index.readPacketRange(reader, 0, 'exact'), { targetPts: 0, isKey: false })
  t.match(
    await index.readPacketRange(reader, 190_000, 'keyframe'),
    { targetPts: 120, isKey: true },
    'a key frame that is shown'
  )
  t.match(
    await index.readPacketRange(reader, 50_000, 'keyframe'),
    { targetPts: 120, isKey: true },
    'or the first one after'
  )
})

t.test('treats wrong counts and timescales as ffmpeg does', async (t) => {
  const list = (change: Partial<TrackPlan>) => listPackets({ tracks: [{ ...video, ...change }] }, 300_000)
  t.same(
    await list({ instead: { stts: fullBox('stts', u32(1, 0xffffffff, 40)) } }),
    [5, 6, 7],
    'times of more samples than there are'
  )
  t.same(
    await list({
      edits: [{ duration: 800, mediaTime: 0 }],
      instead: { edts: box('edts', fullBox('elst', u32(0x0fffffff, 800, 0, 0x10000))) }
    }),
    [5, 6, 7],
    'fewer edits than declared'
  )
  t.match(
    (await openVideo({ timescale: 0 })).info,
    { timescale: 1, durationMicros: 800_000_000 },
    'a timescale of 0'
  )
  t.equal(
    (await openVideo({ samples: makeSamples(1).map((sample) => ({ ...sample, delta: 0 })) })).info.durationMicros,
    40_000,
    'one frame of no duration'
  )
  await t.rejects(
    openVideo({ samples: makeSamples(2).map((sample) => ({ ...sample, delta: 0 })) }),
    { name: 'RangedExtractionError' },
    'two frames of no duration'
  )
})

t.test('returns the info of the container', async (t) => {
  const colr = box('colr', [Buffer.from('nclx'), Buffer.from([0, 9, 0, 16, 0, 9, 0x80])])
  const { info } = await open({
    tracks: [
      makeSound(50),
      {
        ...video,
        timescale: 500,
        sampleEntry: visualEntry('vp09', [box('vpcC', Buffer.alloc(12, 7)), box('pasp', u32(4, 3)), colr])
      }
    ]
  })
  t.match(info, {
    container: 'mp4',
    codec: 'vp9',
    sampleEntry: 'vp09',
    width: 64,
    height: 48,
    timescale: 500,
    pixelAspect: { across: 4, down: 3 },
    durationMicros: 1_600_000
  })
  t.same(info.colour, { primaries: 9, transfer: 16, matrix: 9, isFullRange: true })
  t.ok(info.codecConfig.equals(Buffer.alloc(12, 7)))
  t.equal((await open({ tracks: [makeSound(50), video] })).info.durationMicros, 1_000_000, 'audio may last longer')
})

t.test('reads key frames that are spread over the video', async (t) => {
  const plan = { tracks: [{ samples: makeSamples(200) }] }
  const reader = createCountingReader(buildMovie(plan))
  const ranges = await (await openMp4(reader)).readKeyFrames(reader, 8)
  t.same(
    ranges.map(({ packets }) => packets.map(({ data }) => data.readUInt32BE(4))),
    [[10], [35], [60], [85], [110], [135], [160], [185]]
  )
  t.same(
    ranges.map(({ targetPts }) => targetPts),
    [400, 1400, 2400, 3400, 4400, 5400, 6400, 7400]
  )
})

t.test('goes back one sync sample if one is not a key frame', async (t) => {
  const samples = makeSamples(20).map((sample, number) =>
    number === 10 || number === 15 ? { ...sample, data: vp9Packet(false, 100, number) } : sample
  )
  t.same(await listPackets({ tracks: [{ samples }] }, 480_000), [5, 6, 7, 8, 9, 10, 11, 12])
  await t.rejects(listPackets({ tracks: [{ samples }] }, 640_000), { name: 'RangedExtractionError' }, 'but not twice')
  await t.rejects(
    listPackets({ tracks: [{ samples }] }, 480_000, 'keyframe'),
    { name: 'RangedExtractionError' },
    'nor is it used as a key frame'
  )
  const withoutTable = { tracks: [{ ...video, hasSyncTable: false }] }
  t.same(await listPackets(withoutTable, 200_000), [5], 'without a table every sample counts as a sync sample')
  t.same(await listPackets(withoutTable, 240_000), [5, 6])
  await t.rejects(listPackets(withoutTable, 280_000), { name: 'RangedExtractionError' })
})

t.test('opens in two round trips if the movie box comes first, and in three if it comes last', async (t) => {
  const samples = Array.from({ length: 60_000 }, (_, number) => ({
    data: Buffer.alloc(number === 0 ? 500_000 : 0),
    delta: 40,
    offset: number % 2 === 0 ? 40 : 80,
    isSync: number % 250 === 0
  }))
  const heavy: TrackPlan = { samples, chunks: [10] }
  const sound: TrackPlan = {
    ...makeSound(0),
    samples: Array.from({ length: 300_000 }, () => ({ data: Buffer.alloc(0), delta: 20, isSync: true })),
    chunks: [100]
  }
  const cases: Array<[isMovieFirst: boolean, tracks: TrackPlan[], roundTrips: number]> = [
    [true, [heavy, sound], 2],
    [true, [sound, heavy], 2],
    [false, [heavy, sound], 3]
  ]
  for (const [isMovieFirst, tracks, roundTrips] of cases) {
    const reader = createCountingReader(buildMovie({ tracks, isMovieFirst }))
    const index = await openMp4(reader)
    t.equal(reader.roundTrips, roundTrips)
    t.equal(index.info.durationMicros, 6_000_000_000, 'audio that is not read counts for the duration')
    t.ok(index.memoryBytes < 900_000, `${index.memoryBytes} bytes in memory`)
    t.ok(reader.bytesRead < 1_600_000, `${reader.bytesRead} bytes read of ${reader.size}`)
  }
})

t.test('reads a movie box of many tracks with few requests, in any order', async (t) => {
  // Found by the fuzzer: a hundred tracks, each slightly larger than the bytes read to detect its type.
  const padding = box('udta', Buffer.alloc(70_000))
  const track = {
    ...makeSound(10),
    instead: { hdlr: Buffer.concat([fullBox('hdlr', [u32(0), Buffer.from('soun'), Buffer.alloc(13)]), padding]) }
  }
  for (const tracks of [
    [video, ...Array.from({ length: 90 }, () => track)],
    [...Array.from({ length: 90 }, () => track), video]
  ]) {
    const reader = createCountingReader(buildMovie({ tracks }))
    await openMp4(reader).catch((error: unknown) => {
      if (!(error instanceof RangedExtractionError)) throw error
    })
    t.ok(reader.roundTrips <= 20, `${reader.roundTrips} round trips`)
  }
})

t.test('opens a small file with one request', async (t) => {
  const reader = createCountingReader(buildMovie({ tracks: [video, makeSound(10)] }))
  const index = await openMp4(reader)
  t.same(reader.reads, [{ start: 0, end: reader.size }])
  await index.readPacketRange(reader, 300_000, 'exact')
  t.equal(reader.reads.length, 2)
})

t.test('rejects encrypted, self-referring and oversized files', async (t) => {
  const reject = async (change: Partial<TrackPlan>, code: PosterframeError['code'], name: string) => {
    await t.rejects(openVideo(change), { name: 'PosterframeError', code }, name)
  }
  await reject({ sampleEntry: visualEntry('encv') }, 'encrypted_video', 'encrypted samples')
  await reject({ sampleEntry: visualEntry('vp09', [box('sinf', [])]) }, 'encrypted_video', 'a protection scheme')
  await reject(
    { instead: { dinf: box('dinf', fullBox('dref', [u32(1), fullBox('url ', Buffer.from('file:///a\0'))])) } },
    'unsupported_media',
    'samples in another file'
  )
  await reject({ handler: 'soun', sampleEntry: soundEntry() }, 'no_video_track', 'sound alone')
  await reject(
    { instead: { stsz: fullBox('stsz', u32(1, 85_000_000)) } },
    'video_limits_exceeded',
    'millions of samples in an empty table'
  )
})

t.test('rejects unsupported layouts', async (t) => {
  const twoEntries = fullBox('stsd', [u32(2), visualEntry(), visualEntry()])
  const dolby = (profile: number, compatibility: number) =>
    box('dvcC', Buffer.from([1, 0, profile << 1, 0, compatibility << 4, 0]))
  const layouts: Record<string, Partial<TrackPlan>> = {
    // Found by the fuzzer: nested containers, each with the maximum number of boxes.
    'too many boxes': {
      instead: { dinf: manyAnd(dataReference), stss: manyAnd(fullBox('stss', u32(4, 1, 6, 11, 16))) }
    },
    'several sample descriptions': { instead: { stsd: twoEntries } },
    'an unsupported codec': { sampleEntry: visualEntry('mp4v') },
    'no configuration': { sampleEntry: visualEntry('avc1') },
    'Dolby Vision with two layers': { sampleEntry: visualEntry('hvc1', [box('hvcC', Buffer.alloc(23)), dolby(7, 6)]) },
    'Dolby Vision in its own sample entry': {
      sampleEntry: visualEntry('dvh1', [box('hvcC', Buffer.alloc(23)), dolby(8, 1)])
    },
    'two edits, one at half speed': {
      edits: [
        { duration: 100, mediaTime: 0 },
        { duration: 100, mediaTime: 400, rate: 0x8000 }
      ]
    },
    'two edits, one without a duration': {
      edits: [
        { duration: 100, mediaTime: 0 },
        { duration: 0, mediaTime: 400 }
      ]
    },
    'an edit at half speed': { edits: [{ duration: 100, mediaTime: 0, rate: 0x8000 }] },
    'an edit without a duration': { edits: [{ duration: 0, mediaTime: 0 }] },
    'an empty edit alone': { edits: [{ duration: 100, mediaTime: -1 }] },
    'an edit past the end': { edits: [{ duration: 100, mediaTime: 5000 }] },
    'more samples than times': { instead: { stts: fullBox('stts', u32(1, 19, 40)) } },
    'more samples than sizes': { instead: { stsz: fullBox('stsz', u32(0, 4_000_000_000)) } },
    'more samples than the chunks contain': { instead: { stsc: fullBox('stsc', u32(1, 1, 2, 1)) } },
    'chunks of another description': { instead: { stsc: fullBox('stsc', u32(1, 1, 1, 2)) } },
    'chunks past the end': { instead: { stco: fullBox('stco', u32(20, ...Array<number>(20).fill(10_000_000))) } },
    'no key frames': { instead: { stss: fullBox('stss', u32(0)) } },
    'sync samples out of order': { instead: { stss: fullBox('stss', u32(2, 6, 1)) } },
    'times that run backwards': { instead: { stts: fullBox('stts', u32(1, 20, -40)) } },
    'two frames with the same time': { instead: { stts: fullBox('stts', u32(1, 20, 0)) } },
    'a matrix that does not rotate by a quarter turn': {
      instead: {
        tkhd: fullBox('tkhd', [
          Buffer.alloc(36),
          u32(46341, 46341, 0, -46341, 46341, 0, 0, 0, 0x40000000, 64 * 65536, 48 * 65536)
        ])
      }
    },
    'an unknown handler': { handler: 'pict' }
  }
  for (const [name, change] of Object.entries(layouts)) {
    await t.rejects(openVideo(change), { name: 'RangedExtractionError' }, name)
  }
  for (const [profile, compatibility] of [
    [5, 0],
    [8, 0]
  ] as const) {
    const sampleEntry = visualEntry('hvc1', [box('hvcC', Buffer.alloc(23)), dolby(profile, compatibility)])
    await t.rejects(
      openVideo({ sampleEntry }),
      { code: 'unsupported_codec', detail: new RegExp(`Dolby Vision profile ${profile}`) },
      'an incompatible base layer'
    )
  }
  await t.rejects(open({ tracks: [video, video] }), { name: 'RangedExtractionError' }, 'two equal video tracks')
  await t.rejects(
    open({ tracks: [video], extra: [box('cmov', [])] }),
    { name: 'RangedExtractionError' },
    'a compressed movie'
  )
  await t.rejects(
    openMp4(createCountingReader(buildMovie({ tracks: [video], isMovieFirst: true }).subarray(0, -50))),
    { name: 'RangedExtractionError' },
    'a truncated file'
  )
})

t.test('reads a movie box that is declared larger than the file, if the boxes in it are complete', async (t) => {
  const bytes = buildMovie({ tracks: [video] })
  const sizeAt = bytes.lastIndexOf('moov', undefined, 'latin1') - 4
  const declareLarger = (file: Buffer) => {
    file.writeUInt32BE(0xffffffff, sizeAt)
    return file
  }
  const { info } = await openMp4(createCountingReader(declareLarger(Buffer.from(bytes))))
  t.same(info, (await open({ tracks: [video] })).info)
  await t.rejects(
    openMp4(createCountingReader(declareLarger(Buffer.from(bytes.subarray(0, -12))))),
    { name: 'RangedExtractionError' },
    'cut within a track'
  )
})

t.test('rejects a packet range of more than 20,000 packets', async (t) => {
  const samples = makeSamples(20_002, 8).map((sample, number) => ({ ...sample, isSync: number === 0 }))
  t.equal((await listPackets({ tracks: [{ samples }] }, 19_999 * 40_000)).length, 20_000)
  await t.rejects(listPackets({ tracks: [{ samples }] }, 20_000 * 40_000), { name: 'RangedExtractionError' })
})

t.test('chooses the largest of several video tracks, preferring enabled ones', async (t) => {
  const small = { ...video, sampleEntry: visualEntry('vp09', [], { width: 32, height: 32 }) }
  t.match((await open({ tracks: [small, video] })).info, { width: 64 })
  t.match((await open({ tracks: [{ ...video, isEnabled: false }, small] })).info, { width: 32 })
  t.match((await open({ tracks: [small, { ...video, samples: [] }] })).info, { width: 32 }, 'an empty track is ignored')
})

t.test('throws no other errors, whatever is damaged', async (t) => {
  const plan = { tracks: [makeSound(4), { ...video, edits: [{ duration: 500, mediaTime: 40 }], chunks: [3] }] }
  const whole = buildMovie({ ...plan, isMovieFirst: true })
  const random = createRandom(11)
  const outcomes = new Map<string, number>()
  for (let round = 0; round < 3000; round++) {
    const damaged = Buffer.from(whole)
    for (let bytes = 1 + Math.floor(random() * 4); bytes > 0; bytes--) {
      damaged[Math.floor(random() * 1800)] = random() < 0.3 ? 0xff : Math.floor(random() * 256)
    }
    const reader = createCountingReader(damaged)
    const outcome = await openMp4(reader)
      .then(async (index) => await index.readPacketRange(reader, Math.floor(random() * 1e6), 'exact'))
      .then(
        () => 'a packet range',
        (error: Error) =>
          error.name === 'PosterframeError' || error.name === 'RangedExtractionError' ? error.name : String(error.stack)
      )
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  t.same([...outcomes.keys()].sort(), ['PosterframeError', 'RangedExtractionError', 'a packet range'])
})
