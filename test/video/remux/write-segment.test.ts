import * as fs from 'node:fs/promises'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { findDecodeError } from '../../../src/video/decode/decode-errors.ts'
import { writeSegment } from '../../../src/video/remux/write-segment.ts'
import { ffmpeg } from '../../support/videos.ts'
import { cutPackets, demux, hashFrame, hashFrames, listPackets, runFfmpeg } from '../bitstream/demuxed-video.ts'
import { type MadeVideo, makeVideo } from '../bitstream/made-videos.ts'

const CODECS: readonly MadeVideo[] = [
  'avc-pyramid-normal.mp4',
  'avc-interlaced.mp4',
  'hevc-default.mp4',
  'vp8.webm',
  'vp9.mp4',
  'av1.mp4'
]

for (const name of CODECS) {
  t.test(`ffmpeg decodes the same frame from the segment as from ${name}`, async (t) => {
    const directory = t.testdir()
    const video = await makeVideo(directory, name)
    const { info, packets } = await demux(video)
    const truth = await hashFrames(video)
    for (const index of [0, 17, packets.length - 1]) {
      const range = cutPackets(packets, index)
      const segment = await writeSegment(join(directory, `${index}.mp4`), info, range)
      t.equal((await stat(segment.path)).size, segment.size)

      const { packets: listed } = await listPackets(segment.path)
      t.same(
        listed.map(({ pts }) => pts),
        range.packets.map(({ pts }) => segment.segmentTimes.get(pts)),
        'the presentation times are preserved'
      )
      t.same(
        listed.map(({ isKey }) => isKey),
        range.packets.map(({ isKey }) => isKey)
      )
      t.equal(segment.targetPts, segment.segmentTimes.get(range.targetPts))

      const { hash, log } = await hashFrame(segment.path, segment.targetPts)
      t.equal(hash, truth.get(range.targetPts), `packet ${index}`)
      t.same(
        log.filter((line) => findDecodeError(line) !== undefined),
        []
      )
    }
  })
}

t.test('ffmpeg decodes the right frame of an open GOP, or none', async (t) => {
  const directory = t.testdir()
  const video = await makeVideo(directory, 'avc-open-gop.mp4')
  const { info, packets } = await demux(video)
  const truth = await hashFrames(video)
  const found = []
  for (const index of [29, 30, 31, 34, 40]) {
    const range = cutPackets(packets, index)
    const segment = await writeSegment(join(directory, `${index}.mp4`), info, range)
    const { hash, log } = await hashFrame(segment.path, segment.targetPts)
    if (hash === undefined) continue
    found.push(hash)
    t.equal(hash, truth.get(range.targetPts), `packet ${index}`)
    t.same(
      log.filter((line) => findDecodeError(line) !== undefined),
      []
    )
  }
  t.ok(found.length >= 3)
})

t.test('writes key frames of several packet ranges in one segment', async (t) => {
  const directory = t.testdir()
  const video = await makeVideo(directory, 'avc-default.mp4')
  const { info, packets } = await demux(video)
  const truth = await hashFrames(video)
  const keys = packets.filter(({ isKey }) => isKey)
  const segment = await writeSegment(join(directory, 'keys.mp4'), info, {
    packets: keys,
    targetPts: keys[0]!.pts,
    isKey: true
  })
  for (const { pts } of keys) {
    t.equal((await hashFrame(segment.path, segment.segmentTimes.get(pts)!)).hash, truth.get(pts))
  }
})

t.test('ffmpeg reads the info written to the segment', async (t) => {
  const directory = t.testdir()
  const video = await makeVideo(directory, 'avc-default.mp4')
  const rotated = [0, 0x10000, 0, -0x10000, 0, 0, 128 * 0x10000, 0, 0x40000000]
  const colour = { primaries: 9, transfer: 16, matrix: 9, isFullRange: true }
  const { info, packets } = await demux(video, { matrix: rotated, pixelAspect: { across: 4, down: 3 }, colour })
  const segment = await writeSegment(join(directory, 'segment.mp4'), info, cutPackets(packets, 3))
  const { stderr } = await runFfmpeg(['-i', segment.path])
  t.match(stderr, /displaymatrix: rotation of -90/)
  t.match(stderr, /SAR 4:3/)
  t.match(stderr, /pc, bt2020nc\/bt2020\/smpte2084/)
  t.match(stderr, /192x128/)
})

t.test('rotates as the source does', async (t) => {
  const directory = t.testdir()
  await makeVideo(directory, 'avc-default.mp4')
  await ffmpeg(directory, '-i', 'avc-default.mp4', '-c', 'copy', '-metadata:s:v', 'rotate=90', 'rotated.mp4')
  const rotated = join(directory, 'rotated.mp4')
  const { info, packets } = await demux(rotated, { matrix: readMatrix(await readFile(rotated)) })
  const segment = await writeSegment(join(directory, 'segment.mp4'), info, cutPackets(packets, 5))
  const firstFrame = async (path: string) =>
    (await runFfmpeg(['-i', path, '-frames:v', '1', '-f', 'framecrc', '-'])).stdout.toString()
  t.match(await firstFrame(segment.path), /dimensions 0: 128x192/)
  t.equal(lastField(await firstFrame(segment.path)), lastField(await firstFrame(rotated)))
})

const lastField = (text: string) => text.trim().split(',').at(-1)

/** Reads the matrix of a track header of version 0 (ISO/IEC 14496-12, section 8.3.2). */
function readMatrix (file: Buffer): number[] {
  const start = file.indexOf('tkhd', 0, 'latin1') + 44
  return Array.from({ length: 9 }, (_, index) => file.readInt32BE(start + index * 4))
}

t.test('does not overwrite a file', async (t) => {
  const directory = t.testdir({ 'segment.mp4': 'taken' })
  const video = await makeVideo(directory, 'avc-default.mp4')
  const { info, packets } = await demux(video)
  await t.rejects(writeSegment(join(directory, 'segment.mp4'), info, cutPackets(packets, 0)), { code: 'EEXIST' })
})

t.test('rejects with scratch_full if the disk is full', async (t) => {
  const onFullDisk = await t.mockImport<{ writeSegment: typeof writeSegment }>(
    '../../../src/video/remux/write-segment.ts',
    {
      'node:fs/promises': {
        ...fs,
        open: async () => ({ writev: async () => ({ bytesWritten: 10 }), close: async () => {} })
      }
    }
  )
  const directory = t.testdir()
  const { info, packets } = await demux(await makeVideo(directory, 'avc-default.mp4'))
  await t.rejects(onFullDisk.writeSegment(join(directory, 'segment.mp4'), info, cutPackets(packets, 0)), {
    code: 'scratch_full'
  })
})
