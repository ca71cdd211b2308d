import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import {
  type FrameTime,
  PresentationClock,
  chooseFrame,
  listFrameTimes
} from '../../../../src/video/extract/choose-frame.ts'
import { type ListedTrack, PacketListReader } from '../../../../src/video/decode/packet-list.ts'
import type { VideoIndex } from '../../../../src/video/demux/video-index.ts'
import { findTestFfmpeg } from '../../../support/videos.ts'
import type { ByteReader } from '../../../../src/video/source/byte-source.ts'

const run = promisify(execFile)

/** Lists the tracks of a file with their packets, by ffmpeg. */
export async function listByFfmpeg (path: string): Promise<ListedTrack[]> {
  const { stdout } = await run(
    await findTestFfmpeg(),
    [
      '-v',
      'error',
      '-nostdin',
      '-copyts',
      '-i',
      path,
      '-map',
      '0:V?',
      '-map',
      '0:a?',
      '-c',
      'copy',
      '-copyinkf',
      '-copypriorss',
      '1',
      '-f',
      'framecrc',
      '-'
    ],
    { maxBuffer: 2 ** 28 }
  )
  const list = new PacketListReader({ keepPackets: true })
  for (const line of stdout.split('\n')) list.take(line)
  return list.tracks
}

/**
 * Compares an index with ffmpeg's list of packets: both must find the same frame at every time, and the same packets
 * that lead to it.
 *
 * @param times in microseconds
 */
export async function assertSameFrames (
  t: Test,
  index: VideoIndex,
  source: ByteReader,
  video: ListedTrack,
  times: readonly number[]
): Promise<void> {
  const clock = new PresentationClock(video.timeBase, 0)
  const frames = listFrameTimes(video.packets) ?? []
  for (const seek of ['exact', 'keyframe'] as const) {
    for (const atMicros of times) {
      const wanted = chooseFrame(frames, atMicros, seek, clock)
      const found = await index.readPacketRange(source, atMicros, seek)
      const label = `${seek} at ${atMicros}`
      t.match({ pts: found.targetPts, isKey: found.isKey }, { pts: wanted.pts, isKey: wanted.isKey }, label)
      const last = video.packets.findIndex(({ pts }) => pts === wanted.pts)
      const leading = video.packets.slice(last - found.packets.length + 1, last + 1)
      t.same(
        found.packets.map(({ pts }) => pts),
        leading.map(({ pts }) => pts),
        `${label}: contiguous in decode order`
      )
      const [first] = found.packets
      t.ok(first?.isKey && first.pts <= wanted.pts, `${label}: begins with a key frame`)
    }
  }
}

/** Lists times at, just before and between frames, spread over a video, and its ends. */
export function listTestTimes (frames: readonly FrameTime[], clock: PresentationClock, count = 7): number[] {
  const chosen = Array.from({ length: count }, (_, part) => frames[Math.floor((part * frames.length) / count)]!)
  const times = [...chosen, ...frames.slice(0, 3), ...frames.slice(-3)].map(({ pts }) => clock.toMicros(pts))
  return [0, Number.MAX_SAFE_INTEGER, ...times.flatMap((micros) => [micros, Math.max(0, micros - 2), micros + 7])]
}
