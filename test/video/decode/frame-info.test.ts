import t from 'tap'
import { FrameInfoReader, displaySize, isHdr, turnUpright } from '../../../src/video/decode/frame-info.ts'

const LINES = `Input #0, mov, from 'file:x':
  Metadata:
    title           : [showinfo@other @ 0x1] n:   0 pts:      7 pts_time:0 fmt:gray sar:1/1 s:1x1 i:P iskey:1 type:I
[showinfo@name @ 0x56] config in time_base: 1/600, frame_rate: 30/1
frame=    5 fps=0.0 [showinfo@name @ 0x56] n:   0 pts:   1200 pts_time:2       pos:       48 fmt:yuv420p sar:64/45 s:576x720 i:P iskey:1 type:I
[showinfo@name @ 0x56] color_range:tv color_space:smpte170m color_primaries:bt470bg color_trc:bt709
[showinfo@name @ 0x56] n:   1 pts:   1220 pts_time:2.1 pos: 99 fmt:yuv420p10le sar:0/1 s:576x720 i:B iskey:0 type:B
[showinfo@name @ 0x56] color_range:unknown color_space:bt2020nc color_primaries:bt2020 color_trc:smpte2084`

t.test('parses only the lines of its own filter', async (t) => {
  const reader = new FrameInfoReader('name')
  for (const line of LINES.split('\n')) reader.take(line)
  const [first, second] = reader.frames
  t.equal(reader.frames.length, 2)
  t.same(first, {
    pts: 1200,
    isKey: true,
    pixelFormat: 'yuv420p',
    width: 576,
    height: 720,
    pixelAspect: 64 / 45,
    rotation: 0,
    interlacing: 'progressive',
    colorRange: 'tv',
    colorSpace: 'smpte170m',
    colorPrimaries: 'bt470bg',
    colorTransfer: 'bt709'
  })
  t.match(
    second,
    { isKey: false, pixelAspect: 1, rotation: 0, interlacing: 'bottom-first' },
    'an unknown pixel aspect is square'
  )
  t.notOk(isHdr(first!))
  t.ok(isHdr(second!))
})

t.test('scales the coded width by the pixel aspect, also of a rotated picture', async (t) => {
  const reader = new FrameInfoReader('name')
  for (const line of LINES.split('\n')) reader.take(line)
  const [turned] = reader.frames
  t.same(displaySize({ ...turned!, rotation: 0, width: 720, height: 576 }), { width: 1024, height: 576 })
  t.same(displaySize({ ...turned!, rotation: 90, width: 576, height: 720, pixelAspect: 45 / 64 }), {
    width: 576,
    height: 1024
  })
  t.same(displaySize(turnUpright({ ...turned!, rotation: 90, width: 720, height: 576, pixelAspect: 64 / 45 })), {
    width: 576,
    height: 1024
  })
})
