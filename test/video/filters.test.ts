import t from 'tap'
import { hasAlpha, planColourFilters } from '../../src/video/filters.ts'
import type { FrameFacts } from '../../src/video/frame-facts.ts'

const facts = (changes: Partial<FrameFacts>): FrameFacts => ({
  pts: 0, isKey: true, pixelFormat: 'yuv420p', width: 1920, height: 1080, pixelAspect: 1, rotation: 0, colorRange: 'tv', colorSpace: 'bt709', colorPrimaries: 'bt709', colorTransfer: 'bt709', ...changes
})
const FLAGS = 'flags=bicubic+full_chroma_int+accurate_rnd'

t.test('says matrix and range only where the bitstream does not', async (t) => {
  const cases: Array<[string, Partial<FrameFacts>, string]> = [
    ['tagged', {}, `scale=out_range=pc:${FLAGS},format=gbrp,format=rgb24`],
    ['untagged HD', { colorSpace: 'unknown' }, `scale=in_color_matrix=bt709:out_range=pc:${FLAGS},format=gbrp,format=rgb24`],
    ['untagged SD', { colorSpace: 'unknown', width: 720, height: 576 }, `scale=in_color_matrix=bt601:out_range=pc:${FLAGS},format=gbrp,format=rgb24`],
    ['untagged SD on its side', { colorSpace: 'unknown', width: 480, height: 640 }, `scale=in_color_matrix=bt601:out_range=pc:${FLAGS},format=gbrp,format=rgb24`],
    ['untagged HD on its side', { colorSpace: 'unknown', width: 720, height: 1280 }, `scale=in_color_matrix=bt709:out_range=pc:${FLAGS},format=gbrp,format=rgb24`],
    ['no range', { colorRange: 'unknown' }, `scale=in_range=tv:out_range=pc:${FLAGS},format=gbrp,format=rgb24`],
    ['RGB', { pixelFormat: 'gbrp', colorSpace: 'gbr' }, `scale=${FLAGS},format=gbrp,format=rgb24`],
    ['alpha', { pixelFormat: 'yuva444p12le' }, `scale=out_range=pc:${FLAGS},format=gbrap,format=rgba`]
  ]
  for (const [what, changes, filters] of cases) t.equal(planColourFilters(facts(changes)), filters, what)
})

t.test('knows alpha by the pixel format', async (t) => {
  for (const pixelFormat of ['yuva420p', 'rgba', 'bgra', 'gbrap12le', 'ya8', 'argb']) t.ok(hasAlpha(facts({ pixelFormat })), pixelFormat)
  for (const pixelFormat of ['yuv420p', 'rgb24', 'gbrp', 'gray', 'yuvj420p']) t.notOk(hasAlpha(facts({ pixelFormat })), pixelFormat)
})
