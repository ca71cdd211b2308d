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
  t.test(`ffmpeg takes the same frame out of the clip as out of ${name}`, async (t) => {
    const directory = t.testdir()
    const video = await makeVideo(directory, name)
    const { info, packets } = await demux(video)
    const truth = await hashFrames(video)
    for (const place of [0, 17, packets.length - 1]) {
      const run = cutPackets(packets, place)
      const clip = await writeSegment(join(directory, `${place}.mp4`), info, run)
      t.equal((await stat(clip.path)).size, clip.size)

      const { packets: listed } = await listPackets(clip.path)
      t.same(
        listed.map(({ pts }) => pts),
        run.packets.map(({ pts }) => clip.segmentTimes.get(pts)),
        'the presentation times come back'
      )
      t.same(
        listed.map(({ isKey }) => isKey),
        run.packets.map(({ isKey }) => isKey)
      )
      t.equal(clip.targetPts, clip.segmentTimes.get(run.targetPts))

      const { hash, said } = await hashFrame(clip.path, clip.targetPts)
      t.equal(hash, truth.get(run.targetPts), `packet ${place}`)
      t.same(
        said.filter((line) => findDecodeError(line) !== undefined),
        []
      )
    }
  })
}

t.test('an open GOP gives the right frame or none', async (t) => {
  const directory = t.testdir()
  const video = await makeVideo(directory, 'avc-open-gop.mp4')
  const { info, packets } = await demux(video)
  const truth = await hashFrames(video)
  const found = []
  for (const place of [29, 30, 31, 34, 40]) {
    const run = cutPackets(packets, place)
    const clip = await writeSegment(join(directory, `${place}.mp4`), info, run)
    const { hash, said } = await hashFrame(clip.path, clip.targetPts)
    if (hash === undefined) continue
    found.push(hash)
    t.equal(hash, truth.get(run.targetPts), `packet ${place}`)
    t.same(
      said.filter((line) => findDecodeError(line) !== undefined),
      []
    )
  }
  t.ok(found.length >= 3)
})

t.test('key frames of several runs share a clip', async (t) => {
  const directory = t.testdir()
  const video = await makeVideo(directory, 'avc-default.mp4')
  const { info, packets } = await demux(video)
  const truth = await hashFrames(video)
  const keys = packets.filter(({ isKey }) => isKey)
  const clip = await writeSegment(join(directory, 'keys.mp4'), info, {
    packets: keys,
    targetPts: keys[0]!.pts,
    isKey: true
  })
  for (const { pts } of keys) t.equal((await hashFrame(clip.path, clip.segmentTimes.get(pts)!)).hash, truth.get(pts))
})

t.test('ffmpeg reads the facts that the clip was given', async (t) => {
  const directory = t.testdir()
  const video = await makeVideo(directory, 'avc-default.mp4')
  const turned = [0, 0x10000, 0, -0x10000, 0, 0, 128 * 0x10000, 0, 0x40000000]
  const colour = { primaries: 9, transfer: 16, matrix: 9, isFullRange: true }
  const { info, packets } = await demux(video, { matrix: turned, pixelAspect: { across: 4, down: 3 }, colour })
  const clip = await writeSegment(join(directory, 'clip.mp4'), info, cutPackets(packets, 3))
  const { stderr } = await runFfmpeg(['-i', clip.path])
  t.match(stderr, /displaymatrix: rotation of -90/)
  t.match(stderr, /SAR 4:3/)
  t.match(stderr, /pc, bt2020nc\/bt2020\/smpte2084/)
  t.match(stderr, /192x128/)
})

t.test('turns as the source does', async (t) => {
  const directory = t.testdir()
  await makeVideo(directory, 'avc-default.mp4')
  await ffmpeg(directory, '-i', 'avc-default.mp4', '-c', 'copy', '-metadata:s:v', 'rotate=90', 'turned.mp4')
  const turned = join(directory, 'turned.mp4')
  const { info, packets } = await demux(turned, { matrix: readMatrix(await readFile(turned)) })
  const clip = await writeSegment(join(directory, 'clip.mp4'), info, cutPackets(packets, 5))
  const firstFrame = async (path: string) =>
    (await runFfmpeg(['-i', path, '-frames:v', '1', '-f', 'framecrc', '-'])).stdout.toString()
  t.match(await firstFrame(clip.path), /dimensions 0: 128x192/)
  t.equal(lastField(await firstFrame(clip.path)), lastField(await firstFrame(turned)))
})

const lastField = (text: string) => text.trim().split(',').at(-1)

/** Of a track header of version 0 (ISO/IEC 14496-12, section 8.3.2). */
function readMatrix (file: Buffer): number[] {
  const start = file.indexOf('tkhd', 0, 'latin1') + 44
  return Array.from({ length: 9 }, (_, place) => file.readInt32BE(start + place * 4))
}

t.test('writes over nothing', async (t) => {
  const directory = t.testdir({ 'clip.mp4': 'taken' })
  const video = await makeVideo(directory, 'avc-default.mp4')
  const { info, packets } = await demux(video)
  await t.rejects(writeSegment(join(directory, 'clip.mp4'), info, cutPackets(packets, 0)), { code: 'EEXIST' })
})

t.test('says that scratch is full', async (t) => {
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
  await t.rejects(onFullDisk.writeSegment(join(directory, 'clip.mp4'), info, cutPackets(packets, 0)), {
    code: 'scratch_full'
  })
})
