import { join } from 'node:path'
import t from 'tap'
import { findDecodeError } from '../../../src/video/decode/decode-errors.ts'
import { writeSegment } from '../../../src/video/remux/write-segment.ts'
import { cutPackets, demux, hashFrame } from '../bitstream/demuxed-video.ts'
import { type MadeVideo, makeVideo } from '../bitstream/made-videos.ts'

const DAMAGED = [
  '[h264 @ 0x55d0] error while decoding MB 3 4, bytestream -5',
  '[h264 @ 0x55d0] concealing 469 DC, 469 AC, 469 MV errors in P frame',
  '[h264 @ 0x55d0] co located POCs unavailable',
  '[h264 @ 0x55d0] reference picture missing during reorder',
  '[h264 @ 0x55d0] number of reference frames (0+4) exceeds max (3; probably corrupt input), discarding one',
  '[NULL @ 0x55d0] Invalid NAL unit size (1812 > 1600).',
  '[hevc @ 0x55d0] Could not find ref with POC 12',
  '[vp8 @ 0x55d0] Discarding interframe without a prior keyframe!',
  '[msmpeg4v2 @ 0x55d0] warning: first frame is no keyframe',
  '[vp9 @ 0x55d0] Not all references are available',
  '[vp9 @ 0x55d0] Marker bit was set',
  '[libdav1d @ 0x55d0] Error parsing OBU data',
  'Error while decoding stream #0:0: Invalid data found when processing input',
  '[vist#0:0/h264 @ 0x55] [dec:h264 @ 0x56] Error submitting packet to decoder: Invalid data found when ' +
    'processing input',
  '[vist#0:0/h264 @ 0x55] [dec:h264 @ 0x56] corrupt decoded frame',
  'segment.mp4: corrupt decoded frame in stream 0',
  '[hevc @ 0x55d0] Something that nobody has seen yet'
]

const SOUND = [
  '[h264 @ 0x55d0] mmco: unref short failure',
  '[libdav1d @ 0x55d0] libdav1d 1.0.0',
  '[libvpx-vp9 @ 0x55d0] v1.12.0',
  '[h264 @ 0x55d0] SEI type 5 size 3000 truncated at 24',
  '[hevc @ 0x55d0] Multiple Dolby Vision RPUs found in one AU. Skipping previous.',
  '    Last message repeated 2 times',
  "Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:segment.mp4':",
  '  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 320x192, 25 fps',
  '[showinfo@name @ 0x55d0] n:   0 pts:     36 pts_time:1.44 fmt:yuv420p',
  '[swscaler @ 0x55d0] deprecated pixel format used, make sure you did set range correctly',
  'Output file is empty, nothing was encoded (check -ss / -t / -frames parameters if used)'
]

t.test('finds decode errors in the log of ffmpeg', async (t) => {
  for (const line of DAMAGED) t.type(findDecodeError(line), 'string', line)
})

t.test('ignores one reference too many where an open GOP begins', async (t) => {
  const tooMany = '[h264 @ 0x55d0] number of reference frames (0+5) exceeds max (4; probably corrupt input)'
  t.equal(findDecodeError(tooMany, '[h264 @ 0x55d0] mmco: unref short failure'), undefined)
  t.type(findDecodeError(tooMany, '[h264 @ 0x55d0] SEI type 5 size 3000 truncated at 24'), 'string')
  t.type(findDecodeError(tooMany), 'string')
})

t.test('ignores harmless messages', async (t) => {
  for (const line of SOUND) t.equal(findDecodeError(line), undefined, line)
})

type Damage = 'cut' | 'drop' | 'scramble'

/**
 * The codecs whose decoder notices: VP8 and VP9 hold nothing to check, so that a lost or changed packet stays unseen.
 */
const NOTICED: ReadonlyArray<readonly [MadeVideo, Damage]> = [
  ['avc-default.mp4', 'cut'],
  ['avc-default.mp4', 'scramble'],
  ['hevc-default.mp4', 'cut'],
  ['hevc-default.mp4', 'drop'],
  ['av1.mp4', 'cut'],
  ['av1.mp4', 'drop']
]

for (const [name, decodeError] of NOTICED) {
  t.test(`ffmpeg reports ${decodeError} in ${name}`, async (t) => {
    const directory = t.testdir()
    const { info, packets } = await demux(await makeVideo(directory, name))
    const range = cutPackets(packets, 20)
    const damaged = range.packets.flatMap((packet, place) => {
      if (place !== (decodeError === 'scramble' ? 0 : 1)) return [packet]
      return decodeError === 'drop'
        ? []
        : [
            {
              ...packet,
              data:
                decodeError === 'cut'
                  ? packet.data.subarray(0, Math.floor(packet.data.length * 0.6))
                  : scramble(packet.data)
            }
          ]
    })
    const segment = await writeSegment(join(directory, 'segment.mp4'), info, { ...range, packets: damaged })
    const { log } = await hashFrame(segment.path, segment.targetPts)
    t.ok(
      log.some((line) => findDecodeError(line) !== undefined),
      log.join('\n')
    )
  })
}

function scramble (data: Buffer): Buffer {
  return Buffer.from(data.map((byte, place) => (place < 16 ? byte : byte ^ ((place * 37) & 255))))
}
