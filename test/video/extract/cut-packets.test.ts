import t from 'tap'
import type { Container } from '../../../src/video/media/container.ts'
import { cutPackets } from '../../../src/video/extract/cut-packets.ts'
import type { ListedTrack } from '../../../src/video/decode/packet-list.ts'
import type { Cut } from '../../../src/video/decode/decoder.ts'
import type { CutPlan } from '../../../src/video/decode/decode-plan.ts'

/** 40 packets, ten to a second, of which every tenth is a key frame. */
const LISTED: ListedTrack = {
  kind: 'video',
  codec: 'h264',
  width: 64,
  height: 64,
  timeBase: { numerator: 1, denominator: 1000 },
  packets: Array.from({ length: 40 }, (_, place) => ({
    pts: place * 100,
    durationTicks: 100,
    isKey: place % 10 === 0,
    isShown: true
  })),
  span: { start: 0, end: 4000 }
}
const input = {
  path: '/scratch/a',
  container: { demuxer: 'avi' },
  isProbed: true,
  threads: 1,
  maxPixels: 1e6,
  bytes: 1000
}
const AVI: Container = { name: 'avi', demuxer: 'avi', startsAtZero: false }

/**
 * Cuts in ticks of its own from the first key frame at or after where seeking lands, which is `off` seconds from the
 * requested time.
 */
async function cutWith (off: number, { container = AVI, lost = 0 }: { container?: Container, lost?: number } = {}) {
  const plans: CutPlan[] = []
  const cut = async (_: unknown, plan: CutPlan): Promise<Cut | undefined> => {
    plans.push(plan)
    const landedTicks = plan.seekSeconds === undefined ? 0 : (plan.seekSeconds + off) * 1000
    const first = LISTED.packets.findIndex(({ pts, isKey }) => isKey && pts >= landedTicks)
    if (first === -1) return undefined
    const packets = LISTED.packets
      .slice(first, first + plan.packetCount - lost)
      .map((packet) => ({ ...packet, pts: packet.pts * 90 }))
    return { input, track: { ...LISTED, packets, timeBase: { numerator: 1, denominator: 90_000 } } }
  }
  const unused = () => Promise.reject(new Error('the positions of packets are not needed'))
  const result = await cutPackets(
    {
      decoder: { cut, locate: unused, list: unused },
      input,
      container,
      frames: LISTED.packets,
      context: { signal: new AbortController().signal, directory: '/scratch' }
    },
    LISTED,
    { first: 20, last: 26 }
  )
  return { pts: result?.pts, plans }
}

t.test('copies from the key frame to the target, and returns its time in the copy', async (t) => {
  t.match(await cutWith(0), { pts: 2600 * 90, plans: [{ seekSeconds: 2, packetCount: 7 }] })
})

t.test('copies more packets if seeking lands on an earlier key frame', async (t) => {
  t.match(await cutWith(-1.5), { pts: 2600 * 90, plans: [{ packetCount: 7 }, { packetCount: 17 }] })
})

t.test('seeks to an earlier key frame if seeking lands too late', async (t) => {
  const { pts, plans } = await cutWith(0.5)
  t.equal(pts, 2600 * 90)
  t.same(
    plans.map(({ seekSeconds }) => seekSeconds),
    [2, 1, 1]
  )
  t.same((await cutWith(9)).pts, 2600 * 90, 'and at last begins at the start')
})

t.test(
  'returns undefined if packets are missing, or if the container has properties that the bitstream lacks',
  async (t) => {
    t.equal((await cutWith(0, { lost: 1 })).pts, undefined)
    t.match(await cutWith(0, { container: { name: 'mp4', demuxer: 'mov', startsAtZero: true } }), {
      pts: undefined,
      plans: []
    })
  }
)
