import t from 'tap'
import { chooseTarget } from '../../../bench/inputs/targets.ts'

t.test('chooses a frame late in the longest GOP and sizes the packets up to it', async (t) => {
  // Pairs of frames are shown in the reverse of their decode order, as B-frames are. 50 bytes of audio come before each
  // packet.
  const gop = (from: number, count: number) =>
    Array.from({ length: count }, (_, order) => {
      const shown = order === 0 ? 0 : order % 2 === 1 ? Math.min(order + 1, count - 1) : order - 1
      return { seconds: from + shown, at: (from + order) * 150 + 50, bytes: 100, isKey: order === 0 }
    })
  const target = chooseTarget([...gop(0, 5), ...gop(5, 21), ...gop(26, 1)])
  t.equal(target.keySeconds, 5)
  t.equal(target.framesOn, 11)
  t.equal(target.frameSeconds, 16)
  t.equal(target.packets, 12)
  t.equal(target.spanBytes, 12 * 150 + 100)
})

t.test('rejects packets without a long GOP', async (t) => {
  t.throws(
    () =>
      chooseTarget([
        { seconds: 0, at: 0, bytes: 1, isKey: true },
        { seconds: 1, at: 1, bytes: 1, isKey: true }
      ]),
    /long enough/
  )
})
