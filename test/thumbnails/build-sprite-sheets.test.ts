import t from 'tap'
import { completeStoryboardOptions } from '../../src/options/storyboard-options.ts'
import { buildSpriteSheets } from '../../src/thumbnails/build-sprite-sheets.ts'
import { createSheets } from '../../src/video/image/sprite-sheet.ts'
import { makeExtractContext, makeFrameSource } from '../support/frame-source.ts'

t.test('makes no more pixels than a request may have', async (t) => {
  let extracted = 0
  const build = async (count: number, width: number) =>
    await buildSpriteSheets(
      {
        createSheets,
        async extractFrames () {
          extracted++
        }
      },
      {
        opened: makeFrameSource(import.meta.filename),
        timesMicros: Array.from({ length: count }, (_, second) => second * 1e6),
        display: { width: 1920, height: 1080 },
        options: completeStoryboardOptions({ width }),
        context: makeExtractContext(t.testdir()),
        putSheet: async () => {}
      }
    )
  await t.rejects(build(1000, 640), {
    code: 'video_limits_exceeded',
    rememberSeconds: 0,
    message:
      '1000 tiles of 640 x 360 have 230,400,000 pixels together, and a storyboard may have 192,000,000. ' +
      "Use a longer 'interval' or a smaller 'width'."
  })
  t.equal(extracted, 0)
  await build(1000, 320)
  t.ok(extracted > 0)
})
