import t from 'tap'
import { PacketListReader } from '../../../src/video/decode/packet-list.ts'
import { ticksToMicros } from '../../../src/video/media/time.ts'

const LISTING = `#extradata 0:       46, 0x36d70e96
#software: Lavf59.27.100
#tb 0: 1/12288
#media_type 0: video
#codec_id 0: h264
#dimensions 0: 640x360
#sar 0: 1/1
#tb 1: 1/48000
#media_type 1: audio
#codec_id 1: aac
0,      -1024,          0,      512,     4639, 0x41569657
0,       -512,       1024,      512,     1385, 0x5d84b3a6, F=0x0
1,          0,      -1024,     1024,      120, 0x5d84b3a6
0,          0,        512,      512,      573, 0xf79f236d, F=0x5, S=1,       24, 0x00000000
0,        512, -9223372036854775808,      512,      573, 0xf79f236d, F=0x0`

function read (options: { keepPackets: boolean }) {
  const reader = new PacketListReader(options)
  for (const line of LISTING.split('\n')) reader.take(line)
  return reader.tracks
}

t.test('reads tracks and packets', async (t) => {
  const [video, audio] = read({ keepPackets: true })
  t.match(video, {
    kind: 'video',
    codec: 'h264',
    width: 640,
    height: 360,
    timeBase: { numerator: 1, denominator: 12288 }
  })
  t.same(video?.packets.slice(0, 3), [
    { pts: 0, durationTicks: 512, isKey: true, isShown: true },
    { pts: 1024, durationTicks: 512, isKey: false, isShown: true },
    { pts: 512, durationTicks: 512, isKey: true, isShown: false }
  ])
  t.ok(Number.isNaN(video?.packets[3]?.pts), 'a packet without a time has none')
  t.match(audio, { kind: 'audio', codec: 'aac', span: { start: -1024, end: 0 } })
})

t.test('returns the span of the shown packets', async (t) => {
  t.same(read({ keepPackets: true })[0]?.span, { start: 0, end: 1536 })
})

t.test('keeps no packets if only the span is needed', async (t) => {
  const [video] = read({ keepPackets: false })
  t.same(video?.packets, [])
  t.same(video?.span, { start: 0, end: 1536 })
})

t.test('rounds ticks up to microseconds', async (t) => {
  t.equal(ticksToMicros(1001, { numerator: 1, denominator: 30000 }), 33367)
  t.equal(ticksToMicros(0, { numerator: 1, denominator: 30000 }), 0)
  t.equal(ticksToMicros(-1001, { numerator: 1, denominator: 30000 }), -33366)
  t.equal(ticksToMicros(90000 * 3600 * 24 * 400, { numerator: 1, denominator: 90000 }), 3600 * 24 * 400 * 1e6)
  t.equal(ticksToMicros(5, { numerator: 1, denominator: 0 }), 0, 'a time base of nothing is no crash')
})

t.test('reads times that were packed to hide them from the muxer', async (t) => {
  const reader = new PacketListReader({ keepPackets: true, isPacked: true })
  for (const line of [
    '#tb 0: 1/25',
    '#media_type 0: video',
    `0, 0, 512, ${2 ** 52 + 1024}, 4639, 0x41569657`,
    `0, 1, 513, ${2 ** 52 - 512}, 4639, 0x41569657, F=0x0`,
    '0, 2, 2, 3600, 4639, 0x41569657, F=0x4'
  ]) reader.take(line)
  const [track] = reader.tracks
  t.same(track?.packets, [
    { pts: 1024, durationTicks: 512, isKey: true, isShown: true },
    { pts: -512, durationTicks: 512, isKey: false, isShown: true },
    { pts: NaN, durationTicks: 0, isKey: false, isShown: false }
  ])
  t.same(track?.span, { start: -512, end: 1536 })
})
