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

/** Minimum number of packets dropped, of some 30, with the defaults of each encoder. */
const SAVINGS: Partial<Record<MadeVideo, number>> = {
  'avc-pyramid-normal.mp4': 8,
  'avc-pyramid-none.mp4': 12,
  'avc-interlaced.mp4': 5,
  'hevc-default.mp4': 8,
  'hevc-layers.mp4': 8
}

const THINNED = (Object.keys(MADE_VIDEOS) as MadeVideo[]).filter((name) => /^(avc|hevc)/.test(name))

for (const name of THINNED) {
  t.test(`decodes the target of ${name} to the same bits`, async (t) => {
    const directory = t.testdir()
    const { info, packets } = await demux(await makeVideo(directory, name))
    for (const index of [13, 28]) {
      const range = cutPackets(packets, index)
      const thinned = dropNonReferenceFrames(info, range)
      t.equal(thinned.packets.length + thinned.droppedCount, range.packets.length)
      t.equal(thinned.packets.at(-1), range.packets.at(-1), 'the target is kept')
      if (index === 28 && range.packets.length > 20) {
        t.ok(thinned.droppedCount >= (SAVINGS[name] ?? 0), `drops ${thinned.droppedCount} of ${range.packets.length}`)
      }
      const expected = await hashTarget(join(directory, `${index}.mp4`), info, range)
      const actual = await hashTarget(join(directory, `${index}-thin.mp4`), info, thinned)
      t.equal(actual.hash, expected.hash, `packet ${index}`)
      t.same(actual.log.length, expected.log.length, 'ffmpeg reports no more errors')
    }
  })
}

/** The media corpus, optionally beside the checkout. */
const MEDIA = fileURLToPath(new URL('../../../../shared/media/', import.meta.url))
const CORPUS = [
  'media3-bbb_800x640_768kbps_30fps_avc_pyramid_3b.mp4',
  'media3-h265_bframes.mp4',
  'media3-sample_2_byte_NAL_length.mp4',
  'syn-h264-opengop.mp4'
]

for (const name of CORPUS) {
  t.test(
    `decodes the target of ${name} to the same bits`,
    { skip: existsSync(join(MEDIA, name)) ? false : 'the media corpus is not here' },
    async (t) => {
      const { info, packets } = await demux(join(MEDIA, name))
      const range = cutPackets(packets, Math.floor(packets.length * 0.6))
      const [whole, thinned] = [range, dropNonReferenceFrames(info, range)]
      const directory = t.testdir()
      const [one, other] = await Promise.all(
        [whole, thinned].map(
          async (some, index) => await hashTarget(join(directory, `${index}.mp4`), info, some)
        )
      )
      t.type(one?.hash, 'string')
      t.equal(other?.hash, one?.hash)
      t.same(
        [...(one?.log ?? []), ...(other?.log ?? [])].filter((line) => findDecodeError(line) !== undefined),
        []
      )
    }
  )
}

/** Writes a segment and hashes its target. */
async function hashTarget (path: string, info: TrackInfo, range: PacketRange): ReturnType<typeof hashFrame> {
  const { targetPts } = await writeSegment(path, info, range)
  return await hashFrame(path, targetPts)
}

const avc = (sps: Buffer) => ({ codec: 'h264', codecConfig: makeAvcConfig(sps) }) as TrackInfo
const makeRange = (...packets: Buffer[]): PacketRange => ({
  packets: packets.map((data, pts) => ({ pts, data, isKey: pts === 0 })),
  targetPts: packets.length - 1,
  isKey: false
})
const kept = (info: TrackInfo, range: PacketRange) => dropNonReferenceFrames(info, range).packets.map(({ pts }) => pts)

const KEY = packUnits(makeSlice({ header: 0x65, type: 7 }))
const REFERENCE = packUnits(makeSlice({ header: 0x41 }))
const NON_REFERENCE = packUnits(makeSlice({ header: 0x01 }))

t.test('keeps reference frames of H.264, the target and parameter sets', async (t) => {
  const sps = makeSps({ isFramesOnly: true })
  const slice = makeSlice({ header: 0x01 })
  t.same(kept(avc(sps), makeRange(KEY, NON_REFERENCE, REFERENCE, NON_REFERENCE, NON_REFERENCE)), [0, 2, 4])
  t.same(kept(avc(sps), makeRange(NON_REFERENCE, NON_REFERENCE)), [0, 1], 'a key frame is kept')
  t.same(
    kept(
      avc(sps),
      makeRange(
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
    kept(avc(sps), makeRange(KEY, packUnits(Buffer.from([6, 1])), REFERENCE)),
    [0, 1, 2],
    'a packet without a picture is kept'
  )
})

t.test('drops nothing of codecs whose frames always have an effect', async (t) => {
  for (const codec of ['vp8', 'vp9', 'av1'] as const) {
    t.same(kept({ codec } as TrackInfo, makeRange(KEY, NON_REFERENCE, NON_REFERENCE)), [0, 1, 2], codec)
  }
})

t.test('keeps both packets with the time of the target', async (t) => {
  const range = makeRange(KEY, NON_REFERENCE, NON_REFERENCE)
  const packets = range.packets.map((packet, index) => ({ ...packet, pts: Math.min(1, index) }))
  t.equal(
    dropNonReferenceFrames(avc(makeSps({ isFramesOnly: true })), { ...range, packets, targetPts: 1 }).droppedCount,
    0
  )
})

t.test('rejects a packet with a single field', async (t) => {
  const info = avc(makeSps({ isFramesOnly: false }))
  const field = (field: 'frame' | 'top' | 'bottom', header = 0x01) => makeSlice({ header, field })
  const key = packUnits(field('frame', 0x65))
  t.same(
    kept(
      info,
      makeRange(key, packUnits(field('top'), field('bottom')), packUnits(field('frame')), packUnits(field('frame')))
    ),
    [0, 3]
  )
  t.same(
    kept(info, makeRange(key, packUnits(field('top', 0x41), field('bottom')), packUnits(field('frame')))),
    [0, 1, 2],
    'one field is a reference'
  )
  for (const single of ['top', 'bottom'] as const) {
    t.throws(() => dropNonReferenceFrames(info, makeRange(key, packUnits(field(single)))), {
      name: 'RangedExtractionError',
      message: /single field/
    })
  }
})

t.test('rejects malformed headers', async (t) => {
  const info = avc(makeSps({ isFramesOnly: true }))
  t.throws(
    () =>
      dropNonReferenceFrames(
        info,
        makeRange(KEY, packUnits(packBits(`00000001 ${golomb(0)} ${golomb(0)} ${golomb(9)} 1`)))
      ),
    { name: 'RangedExtractionError', message: /parameter set/ }
  )
  t.throws(() => dropNonReferenceFrames(info, makeRange(KEY, NON_REFERENCE.subarray(1))), {
    name: 'RangedExtractionError'
  })
  t.throws(() => dropNonReferenceFrames({ ...info, codecConfig: info.codecConfig.subarray(0, 9) }, makeRange(KEY)), {
    name: 'RangedExtractionError'
  })
})

t.test('drops only the highest temporal layer of HEVC', async (t) => {
  const info = { codec: 'hevc', codecConfig: Buffer.alloc(23, 0xff) } as TrackInfo
  const picture = (type: number, temporalId: number, layer = 0) =>
    packUnits(Buffer.from([type << 1, (layer << 3) | (temporalId + 1), 0x80]))
  const key = picture(19, 0)
  t.same(kept(info, makeRange(key, picture(0, 0), picture(1, 0), picture(0, 0))), [0, 2, 3])
  t.same(
    kept(info, makeRange(key, picture(0, 0), picture(2, 1), picture(1, 0), picture(0, 1), picture(3, 1))),
    [0, 1, 3, 5]
  )
  t.same(
    kept(info, makeRange(key, ...[0, 2, 4, 6, 8, 10, 12, 14].map((type) => picture(type, 0)), picture(1, 0))),
    [0, 6, 7, 8, 9],
    'reserved types are kept'
  )
  t.same(kept(info, makeRange(key, picture(0, 0, 1), picture(1, 0))), [0, 1, 2], 'other layers are kept')
  t.throws(() => dropNonReferenceFrames(info, makeRange(key, packUnits(Buffer.from([0])))), {
    name: 'RangedExtractionError'
  })
})
