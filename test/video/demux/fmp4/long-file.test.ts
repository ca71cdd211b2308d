import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findMovie } from '../../../../src/video/demux/mp4/find-movie.ts'
import { openFragmentedIndex } from '../../../../src/video/demux/fmp4/open-fragmented-index.ts'
import { ffmpeg } from '../../../support/videos.ts'
import { box, words } from './boxes.ts'
import type { ByteReader } from '../../../../src/video/source/byte-source.ts'

const TIMESCALE = 12_800
const FRAME_TICKS = 512
const FRAMES = 250
const FRAGMENT_TICKS = FRAMES * FRAME_TICKS
const TWO_HOURS = 720
const KEY_FRAME_HEAD_BYTES = 5

/** A `moof` of ten seconds with one key frame, the header of its `mdat` and the begin of the key frame. */
function makeFragment (index: number, frameBytes: number): Buffer {
  const rows = Array.from({ length: FRAMES }, (_, frame) => words(frameBytes, frame === 0 ? 0x02000000 : 0x01010000))
  const moof = (dataOffset: number): Buffer =>
    box(
      'moof',
      box('mfhd', words(0, index + 1)),
      box(
        'traf',
        box('tfhd', words(0x020008, 1, FRAME_TICKS)),
        box('tfdt', words(0, index * FRAGMENT_TICKS)),
        box('trun', words(0x601, FRAMES, dataOffset), ...rows)
      )
    )
  // A key frame is known by its first NAL unit: an IDR slice as long as the packet.
  const keyFrame = Buffer.concat([words(frameBytes - 4), Buffer.from([0x65])])
  return Buffer.concat([moof(moof(0).length + 8), words(FRAMES * frameBytes + 8), Buffer.from('mdat'), keyFrame])
}

/** A file of which only the boxes exist; its media is zeros. */
function makeSparseFile (head: Buffer, frameBytesAt: (index: number) => number) {
  const parts = [{ start: 0, data: head }]
  let size = head.length
  for (let index = 0; index < TWO_HOURS; index++) {
    const frameBytes = Math.floor(frameBytesAt(index))
    const data = makeFragment(index, frameBytes)
    parts.push({ start: size, data })
    size += data.length - KEY_FRAME_HEAD_BYTES + FRAMES * frameBytes
  }
  const stats = { requests: 0, bytesRead: 0 }
  const read: ByteReader['read'] = async (start, end) => {
    stats.requests++
    stats.bytesRead += end - start
    const result = Buffer.alloc(end - start)
    for (const { start: at, data } of parts) {
      const [from, to] = [Math.max(start, at), Math.min(end, at + data.length)]
      if (from < to) data.copy(result, from - start, from - at, to - at)
    }
    return result
  }
  return { size, read, stats }
}

const shapes: Record<string, (index: number) => number> = {
  'fragments of different sizes': (index) => 4_000 + ((index * 7919) % 12_000),
  'a bit rate that jumps tenfold': (index) => (index < 360 ? 2_000 : 20_000),
  'a burst': (index) => (index > 216 && index < 252 ? 60_000 : 4_000)
}

t.test('finds a frame in two hours without an index in at most 40 requests', async (t) => {
  const directory = t.testdir()
  await ffmpeg(
    directory,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=64x48:r=25:d=1',
    '-c:v',
    'libx264',
    '-movflags',
    'empty_moov+default_base_moof',
    'head.mp4'
  )
  const made = readFileSync(join(directory, 'head.mp4'))
  const head = made.subarray(0, made.indexOf('moof') - 4)
  for (const [name, frameBytesAt] of Object.entries(shapes)) {
    const source = makeSparseFile(head, frameBytesAt)
    const { movie, moov } = await findMovie(source)
    for (const atSeconds of [4, 1_500, 2_345.678, 3_599.99, 3_601, 5_000, 7_199]) {
      Object.assign(source.stats, { requests: 0, bytesRead: 0 })
      const index = await openFragmentedIndex(source, { movie, moov, container: 'mp4' })
      const range = await index.readPacketRange(source, Math.floor(atSeconds * 1e6), 'keyframe')
      t.equal(
        range.targetPts,
        Math.floor((atSeconds * TIMESCALE) / FRAGMENT_TICKS) * FRAGMENT_TICKS,
        `${name}: the right fragment for ${atSeconds}`
      )
      t.ok(source.stats.requests <= 40, `${name}: ${source.stats.requests} requests for ${atSeconds}`)
      t.ok(
        source.stats.bytesRead < source.size / 20,
        `${name}: ${source.stats.bytesRead} of ${source.size} bytes for ${atSeconds}`
      )
      t.equal(index.info.durationMicros, 7_200_000_000)
    }
  }
})
