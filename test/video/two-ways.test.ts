import t from 'tap'
import { PosterframeError } from '../../src/errors.ts'
import type { FrameSource, TakeFrame, TakenFrame } from '../../src/video/take-frame.ts'
import { createTwoWays } from '../../src/video/two-ways.ts'
import { NotPlainError } from '../../src/video/video-index.ts'
import { ORIGINAL_SIZE, makeTakeContext } from '../support/frame-source.ts'

const taken = (way: TakenFrame['way']) => ({ way }) as TakenFrame
const wish = { timestamp: { kind: 'first' }, ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error' } as const
const source = {} as FrameSource
const generalWay: TakeFrame = async () => taken('general')

t.test('goes the fast way where it can', async (t) => {
  const takeFrame = createTwoWays({ clipWay: async () => taken('clip'), generalWay: async () => t.fail('once is enough') as never })
  t.equal((await takeFrame(source, wish, makeTakeContext(''))).way, 'clip')
})

t.test('goes the general way at a doubt, and notes why', async (t) => {
  const context = makeTakeContext('')
  const takeFrame = createTwoWays({ clipWay: async () => { throw new NotPlainError('there are two video tracks') }, generalWay })
  t.equal((await takeFrame(source, wish, context)).way, 'general')
  t.same(context.notes, ['the general way, since there are two video tracks'])
})

t.test('refuses what the fast way knows to be wrong', async (t) => {
  const takeFrame = createTwoWays({ clipWay: async () => { throw new PosterframeError('encrypted_video') }, generalWay })
  await t.rejects(takeFrame(source, wish, makeTakeContext('')), { code: 'encrypted_video' })
})
