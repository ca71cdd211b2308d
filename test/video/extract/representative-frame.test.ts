import t from 'tap'
import {
  type DecodeCandidates,
  chooseRepresentative,
  spreadCandidates
} from '../../../src/video/extract/representative-frame.ts'
import type { FrameInfo } from '../../../src/video/decode/frame-info.ts'
import type { DecodedFrame } from '../../../src/video/decode/decoder.ts'

const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ pts: index * 100, isKey: true }))

/** Decodes every key frame to a chequered picture, fainter the further its pts is from `best`. */
function fakeDecoder ({
  best,
  lost = [],
  damaged = []
}: {
  best?: number
  lost?: readonly number[]
  damaged?: readonly number[]
}) {
  const asked: number[][] = []
  const decode: DecodeCandidates = async (candidates) => {
    asked.push(candidates.map(({ pts }) => pts))
    const frames = candidates
      .filter(({ pts }) => !lost.includes(pts))
      .map(({ pts }): DecodedFrame => {
        const level = best === undefined ? 0 : Math.max(0, 120 - Math.abs(pts - best) / 4)
        const data = Buffer.from(
          Array.from({ length: 16 * 16 }, (_, at) =>
            ((at >> 1) + (at >> 5)) % 2 === 0 ? [0, 0, 0] : [level, level, level]
          ).flat()
        )
        return { info: { pts } as FrameInfo, picture: { data, width: 16, height: 16, channels: 3 } }
      })
    return {
      frames,
      decodeError: candidates.some(({ pts }) => damaged.includes(pts)) ? 'macroblocks were concealed' : undefined
    }
  }
  return { asked, decode }
}

t.test('chooses the best candidate in one decoder run', async (t) => {
  const { asked, decode } = fakeDecoder({ best: 200 })
  t.equal((await chooseRepresentative(keys(4), decode)).pts, 200)
  t.same(asked, [[0, 100, 200, 300]])
})

t.test('decodes at most eight candidates, from the middle of each equal part', async (t) => {
  const { asked, decode } = fakeDecoder({ best: 5500 })
  t.equal((await chooseRepresentative(keys(80), decode)).pts, 5500)
  t.same(asked, [[500, 1500, 2500, 3500, 4500, 5500, 6500, 7500]])
})

t.test('considers key frames only, or the first frame if there are none', async (t) => {
  t.same(
    spreadCandidates([
      { pts: 0, isKey: true },
      { pts: 1, isKey: false },
      { pts: 2, isKey: true }
    ]).map(({ pts }) => pts),
    [0, 2]
  )
  t.same(
    spreadCandidates([
      { pts: 5, isKey: false },
      { pts: 6, isKey: false }
    ]).map(({ pts }) => pts),
    [5]
  )
})

t.test('does not decode a single candidate', async (t) => {
  const { asked, decode } = fakeDecoder({})
  t.equal((await chooseRepresentative(keys(1), decode)).pts, 0)
  t.same(asked, [])
})

t.test('prefers the middle one of equals, however bad', async (t) => {
  for (const [count, pts] of [
    [2, 100],
    [3, 100],
    [4, 200],
    [8, 400]
  ] as const) {
    t.equal((await chooseRepresentative(keys(count), fakeDecoder({}).decode)).pts, pts, `${count} black ones`)
  }
})

t.test('skips candidates that cannot be decoded', async (t) => {
  t.equal((await chooseRepresentative(keys(5), fakeDecoder({ best: 200, lost: [200, 300] }).decode)).pts, 100)
  t.equal((await chooseRepresentative(keys(5), fakeDecoder({ best: 200, lost: [0, 100, 200, 300] }).decode)).pts, 400)
  t.equal(
    (await chooseRepresentative(keys(3), fakeDecoder({ lost: [0, 100, 200] }).decode)).pts,
    0,
    'the first if none can be decoded'
  )
})

t.test('chooses the next best if the best is corrupt', async (t) => {
  const { asked, decode } = fakeDecoder({ best: 200, damaged: [200] })
  t.equal((await chooseRepresentative(keys(4), decode)).pts, 100)
  t.same(asked, [[0, 100, 200, 300], [200], [100]])
})

t.test('tries at most three candidates', async (t) => {
  const { asked, decode } = fakeDecoder({ best: 200, damaged: [0, 100, 200, 300, 400, 500] })
  t.equal((await chooseRepresentative(keys(6), decode)).pts, 200)
  t.equal(asked.length, 4)
})
