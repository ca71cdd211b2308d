import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { findDecodeError } from '../../../src/video/decode/decode-errors.ts'
import { dropNonReferenceFrames } from '../../../src/video/bitstream/drop-non-reference.ts'
import { writeSegment } from '../../../src/video/remux/write-segment.ts'
import { golomb, makeAvcConfig, makeSlice, makeSps, packBits, packUnits } from './bits.ts'
import { cutPackets, demux, hashFrame } from './demuxed-video.ts'
import { MADE_VIDEOS, type MadeVideo, makeVideo } from './made-videos.ts'
import type { PacketRange, TrackInfo } from '../../../src/video/media/track.ts'

/** What each encoder's defaults let be dropped, of some 30 packets, at least. */
const SAVINGS: Partial<Record<MadeVideo, number>> = {
  'avc-pyramid-normal.mp4': 8,
  'avc-pyramid-none.mp4': 12,
  'avc-interlaced.mp4': 5,
  'hevc-default.mp4': 8,
  'hevc-layers.mp4': 8
}

const THINNED = (Object.keys(MADE_VIDEOS) as MadeVideo[]).filter((name) => /^(avc|hevc)/.test(name))

for (const name of THINNED) {
  t.test(`the target of ${name} is the same to the bit`, async (t) => {
    const directory = t.testdir()
    const { info, packets } = await demux(await makeVideo(directory, name))
    for (const place of [13, 28]) {
      const run = cutPackets(packets, place)
      const thin = dropNonReferenceFrames(info, run)
      t.equal(thin.packets.length + thin.droppedCount, run.packets.length)
      t.equal(thin.packets.at(-1), run.packets.at(-1), 'the target stays')
      if (place === 28 && run.packets.length > 20) {
        t.ok(thin.droppedCount >= (SAVINGS[name] ?? 0), `drops ${thin.droppedCount} of ${run.packets.length}`)
      }
      const whole = await hashFrame(
        (await writeSegment(join(directory, `${place}.mp4`), info, run)).path,
        clipTime(run)
      )
      const thinned = await hashFrame(
        (await writeSegment(join(directory, `${place}-thin.mp4`), info, thin)).path,
        clipTime(thin)
      )
      t.equal(thinned.hash, whole.hash, `packet ${place}`)
      t.same(thinned.said.length, whole.said.length, 'ffmpeg says no more of it')
    }
  })
}

/** Where the corpus lies, when it is there. */
const MEDIA = fileURLToPath(new URL('../../../../shared/media/', import.meta.url))
const CORPUS = [
  'media3-bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4',
  'media3-h265_bframes.mp4',
  'media3-sample_2_byte_NAL_length.mp4',
  'syn-h264-opengop.mp4'
]

for (const name of CORPUS) {
  t.test(
    `the target of ${name} is the same to the bit`,
    { skip: existsSync(join(MEDIA, name)) ? false : 'the media corpus is not here' },
    async (t) => {
      const { info, packets } = await demux(join(MEDIA, name))
      const run = cutPackets(packets, Math.floor(packets.length * 0.6))
      const [whole, thinned] = [run, dropNonReferenceFrames(info, run)]
      const directory = t.testdir()
      const [one, other] = await Promise.all(
        [whole, thinned].map(
          async (some, place) =>
            await hashFrame((await writeSegment(join(directory, `${place}.mp4`), info, some)).path, clipTime(some))
        )
      )
      t.type(one?.hash, 'string')
      t.equal(other?.hash, one?.hash)
      t.same(
        [...(one?.said ?? []), ...(other?.said ?? [])].filter((line) => findDecodeError(line) !== undefined),
        []
      )
    }
  )
}

/** As the clip counts: as many as there are packets, and then those shown before. */
const clipTime = ({ packets, targetPts }: PacketRange) =>
  packets.length + packets.filter(({ pts }) => pts < targetPts).length

const avc = (sps: Buffer) => ({ codec: 'h264', codecConfig: makeAvcConfig(sps) }) as TrackInfo
const makeRun = (...packets: Buffer[]): PacketRange => ({
  packets: packets.map((data, pts) => ({ pts, data, isKey: pts === 0 })),
  targetPts: packets.length - 1,
  isKey: false
})
const kept = (info: TrackInfo, run: PacketRange) => dropNonReferenceFrames(info, run).packets.map(({ pts }) => pts)

const KEY = packUnits(makeSlice({ header: 0x65, type: 7 }))
const REFERENCE = packUnits(makeSlice({ header: 0x41 }))
const LOOSE = packUnits(makeSlice({ header: 0x01 }))

t.test('keeps what H.264 refers to, the target and parameter sets', async (t) => {
  const sps = makeSps({ isFramesOnly: true })
  const slice = makeSlice({ header: 0x01 })
  t.same(kept(avc(sps), makeRun(KEY, LOOSE, REFERENCE, LOOSE, LOOSE)), [0, 2, 4])
  t.same(kept(avc(sps), makeRun(LOOSE, LOOSE)), [0, 1], 'a key frame stays')
  t.same(
    kept(
      avc(sps),
      makeRun(
        KEY,
        packUnits(sps, slice),
        packUnits(Buffer.from([9, 16]), slice),
        packUnits(slice, makeSlice()),
        packUnits(Buffer.from([20, 1]), slice),
        REFERENCE
      )
    ),
    [0, 1, 3, 4, 5]
  )
  t.same(
    kept(avc(sps), makeRun(KEY, packUnits(Buffer.from([6, 1])), REFERENCE)),
    [0, 1, 2],
    'a packet without a picture stays'
  )
})

t.test('leaves out nothing of the codecs whose frames are never without effect', async (t) => {
  for (const codec of ['vp8', 'vp9', 'av1'] as const) {
    t.same(kept({ codec } as TrackInfo, makeRun(KEY, LOOSE, LOOSE)), [0, 1, 2], codec)
  }
})

t.test('keeps both packets that bear the time of the target', async (t) => {
  const run = makeRun(KEY, LOOSE, LOOSE)
  const packets = run.packets.map((packet, place) => ({ ...packet, pts: Math.min(1, place) }))
  t.equal(
    dropNonReferenceFrames(avc(makeSps({ isFramesOnly: true })), { ...run, packets, targetPts: 1 }).droppedCount,
    0
  )
})

t.test('has doubts about a packet with a single field', async (t) => {
  const info = avc(makeSps({ isFramesOnly: false }))
  const field = (field: 'frame' | 'top' | 'bottom', header = 0x01) => makeSlice({ header, field })
  const key = packUnits(field('frame', 0x65))
  t.same(
    kept(
      info,
      makeRun(key, packUnits(field('top'), field('bottom')), packUnits(field('frame')), packUnits(field('frame')))
    ),
    [0, 3]
  )
  t.same(
    kept(info, makeRun(key, packUnits(field('top', 0x41), field('bottom')), packUnits(field('frame')))),
    [0, 1, 2],
    'one field is referred to'
  )
  for (const single of ['top', 'bottom'] as const) {
    t.throws(() => dropNonReferenceFrames(info, makeRun(key, packUnits(field(single)))), {
      name: 'RangedExtractionError',
      message: /single field/
    })
  }
})

t.test('has doubts about broken headers', async (t) => {
  const info = avc(makeSps({ isFramesOnly: true }))
  t.throws(
    () =>
      dropNonReferenceFrames(
        info,
        makeRun(KEY, packUnits(packBits(`00000001 ${golomb(0)} ${golomb(0)} ${golomb(9)} 1`)))
      ),
    { name: 'RangedExtractionError', message: /parameter set/ }
  )
  t.throws(() => dropNonReferenceFrames(info, makeRun(KEY, LOOSE.subarray(1))), { name: 'RangedExtractionError' })
  t.throws(() => dropNonReferenceFrames({ ...info, codecConfig: info.codecConfig.subarray(0, 9) }, makeRun(KEY)), {
    name: 'RangedExtractionError'
  })
})

t.test('of HEVC only the highest temporal layer of the run is left out', async (t) => {
  const info = { codec: 'hevc', codecConfig: Buffer.alloc(23, 0xff) } as TrackInfo
  const picture = (type: number, temporalId: number, layer = 0) =>
    packUnits(Buffer.from([type << 1, (layer << 3) | (temporalId + 1), 0x80]))
  const key = picture(19, 0)
  t.same(kept(info, makeRun(key, picture(0, 0), picture(1, 0), picture(0, 0))), [0, 2, 3])
  t.same(
    kept(info, makeRun(key, picture(0, 0), picture(2, 1), picture(1, 0), picture(0, 1), picture(3, 1))),
    [0, 1, 3, 5]
  )
  t.same(
    kept(info, makeRun(key, ...[0, 2, 4, 6, 8, 10, 12, 14].map((type) => picture(type, 0)), picture(1, 0))),
    [0, 6, 7, 8, 9],
    'reserved types stay'
  )
  t.same(kept(info, makeRun(key, picture(0, 0, 1), picture(1, 0))), [0, 1, 2], 'other layers stay')
  t.throws(() => dropNonReferenceFrames(info, makeRun(key, packUnits(Buffer.from([0])))), {
    name: 'RangedExtractionError'
  })
})
