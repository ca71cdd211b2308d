import t from 'tap'
import { PosterframeError } from '../../../src/errors.ts'
import type { FrameSource, ExtractFrame } from '../../../src/video/extract/extract-frame.ts'
import { createExtractWithFallback } from '../../../src/video/extract/extract-with-fallback.ts'
import { ORIGINAL_SIZE, makeExtractContext } from '../../support/frame-source.ts'
import { RangedExtractionError } from '../../../src/video/media/ranged-extraction-error.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'

const taken = (mode: ExtractedFrame['mode']) => ({ mode }) as ExtractedFrame
const request = { timestamp: { kind: 'first' }, ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error' } as const
const source = {} as FrameSource
const extractFull: ExtractFrame = async () => taken('full')

t.test('uses ranged extraction if it works', async (t) => {
  const extractFrame = createExtractWithFallback({
    extractRanged: async () => taken('ranged'),
    extractFull: async () => t.fail('once is enough') as never
  })
  t.equal((await extractFrame(source, request, makeExtractContext(''))).mode, 'ranged')
})

t.test('falls back to the full download on a RangedExtractionError, and logs why', async (t) => {
  const context = makeExtractContext('')
  const extractFrame = createExtractWithFallback({
    extractRanged: async () => {
      throw new RangedExtractionError('there are two video tracks')
    },
    extractFull
  })
  t.equal((await extractFrame(source, request, context)).mode, 'full')
  t.same(context.notes, ['full download, because there are two video tracks'])
})

t.test('rethrows errors that ranged extraction is certain about', async (t) => {
  const extractFrame = createExtractWithFallback({
    extractRanged: async () => {
      throw new PosterframeError('encrypted_video')
    },
    extractFull
  })
  await t.rejects(extractFrame(source, request, makeExtractContext('')), { code: 'encrypted_video' })
})
