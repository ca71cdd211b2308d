import t from 'tap'
import { hasAlpha, planFrameFilters } from '../../src/video/filters.ts'
import type { FrameFacts } from '../../src/video/frame-facts.ts'

const facts = (changes: Partial<FrameFacts>): FrameFacts => ({
  pts: 0, isKey: true, pixelFormat: 'yuv420p', width: 1920, height: 1080, pixelAspect: 1, rotation: 0, colorRange: 'tv', colorSpace: 'bt709', colorPrimaries: 'bt709', colorTransfer: 'bt709', ...changes
})
const AS_SHOWN = { width: undefined, height: undefined, fit: 'inside' } as const
const FLAGS = 'flags=bicubic+full_chroma_int+accurate_rnd'
const PIXELS = 'format=gbrp,format=rgb24'

t.test('says matrix and range only where the bitstream does not', async (t) => {
  const cases: Array<[string, Partial<FrameFacts>, string]> = [
    ['tagged', {}, `scale=w=1920:h=1080:${FLAGS}:out_range=pc,${PIXELS}`],
    ['untagged HD', { colorSpace: 'unknown' }, `scale=w=1920:h=1080:${FLAGS}:in_color_matrix=bt709:out_range=pc,${PIXELS}`],
    ['untagged SD', { colorSpace: 'unknown', width: 720, height: 576 }, `scale=w=720:h=576:${FLAGS}:in_color_matrix=bt601:out_range=pc,${PIXELS}`],
    ['untagged SD on its side', { colorSpace: 'unknown', width: 480, height: 640 }, `scale=w=480:h=640:${FLAGS}:in_color_matrix=bt601:out_range=pc,${PIXELS}`],
    ['untagged HD on its side', { colorSpace: 'unknown', width: 720, height: 1280 }, `scale=w=720:h=1280:${FLAGS}:in_color_matrix=bt709:out_range=pc,${PIXELS}`],
    ['no range', { colorRange: 'unknown' }, `scale=w=1920:h=1080:${FLAGS}:in_range=tv:out_range=pc,${PIXELS}`],
    ['RGB', { pixelFormat: 'gbrp', colorSpace: 'gbr' }, `scale=w=1920:h=1080:${FLAGS},${PIXELS}`],
    ['alpha', { pixelFormat: 'yuva444p12le' }, `scale=w=1920:h=1080:${FLAGS}:out_range=pc,format=gbrap,format=rgba`]
  ]
  for (const [what, changes, filters] of cases) t.equal(planFrameFilters(facts(changes), AS_SHOWN), filters, what)
})

t.test('scales to the wanted size in square pixels', async (t) => {
  t.match(planFrameFilters(facts({}), { ...AS_SHOWN, width: 640 }), /^scale=w=640:h=360:flags=lanczos\+/)
  t.match(planFrameFilters(facts({ width: 720, height: 576, pixelAspect: 64 / 45 }), AS_SHOWN), /^scale=w=1024:h=576:flags=lanczos\+/)
  t.match(planFrameFilters(facts({ width: 576, height: 720, pixelAspect: 45 / 64, rotation: 90 }), AS_SHOWN), /^scale=w=576:h=1024:/)
})

t.test('knows alpha by the pixel format', async (t) => {
  for (const pixelFormat of ['yuva420p', 'rgba', 'bgra', 'gbrap12le', 'ya8', 'argb']) t.ok(hasAlpha(facts({ pixelFormat })), pixelFormat)
  for (const pixelFormat of ['yuv420p', 'rgb24', 'gbrp', 'gray', 'yuvj420p']) t.notOk(hasAlpha(facts({ pixelFormat })), pixelFormat)
})
