import sharp from 'sharp'
import t from 'tap'
import { type ImageOptions, encodeImage } from '../../../src/video/image/encode-image.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'

/** A frame with a red left half and a blue right half. */
function makeFrame (width: number, height: number, channels: 3 | 4 = 3): ExtractedFrame {
  const data = Buffer.alloc(width * height * channels)
  for (let at = 0; at < width * height; at++) {
    data[at * channels + (at % width < width / 2 ? 0 : 2)] = 255
    if (channels === 4) data[at * channels + 3] = 128
  }
  return {
    picture: { data, width, height, channels },
    timestampMicros: 0,
    isKey: true,
    source: { duration: 1, container: 'mp4', codec: 'h264', width, height, rotation: 0, hdr: false },
    warnings: [],
    packetsDecoded: 1,
    mode: 'full'
  }
}
const options = (changes: Partial<ImageOptions> = {}): ImageOptions => ({
  width: undefined,
  height: undefined,
  fit: 'inside',
  format: 'jpeg',
  quality: 80,
  background: '000000',
  ...changes
})

t.test('crops and pads a scaled frame', async (t) => {
  const cases: Array<[string, ExtractedFrame, Partial<ImageOptions>, [number, number]]> = [
    ['unchanged', makeFrame(640, 360), {}, [640, 360]],
    ['by width', makeFrame(320, 180), { width: 320 }, [320, 180]],
    ['inside a box', makeFrame(100, 56), { width: 100, height: 100 }, [100, 56]],
    ['covering a box', makeFrame(178, 100), { width: 100, height: 100, fit: 'cover' }, [100, 100]],
    ['contained in a box', makeFrame(100, 56), { width: 100, height: 100, fit: 'contain' }, [100, 100]],
    ['filling a box', makeFrame(100, 100), { width: 100, height: 100, fit: 'fill' }, [100, 100]],
    ['larger than the source', makeFrame(64, 36), { width: 1000 }, [64, 36]],
    ['filling a box larger than the source', makeFrame(64, 36), { width: 1000, height: 1000, fit: 'fill' }, [64, 36]]
  ]
  for (const [what, frame, changes, [width, height]] of cases) {
    t.match(await encodeImage(frame, options(changes)), { width, height }, what)
  }
})

t.test('keeps the shape of a box that the video is too small for, and says so', async (t) => {
  const box = { width: 1080, height: 1920 }
  const cases: Array<[Partial<ImageOptions>, ExtractedFrame]> = [
    [{ ...box, fit: 'cover' }, makeFrame(1280, 720)],
    [{ ...box, fit: 'fill' }, makeFrame(405, 720)]
  ]
  for (const [changes, frame] of cases) {
    t.match(
      await encodeImage(frame, options(changes)),
      {
        width: 405,
        height: 720,
        warnings: [{ code: 'smaller_than_requested', detail: /smaller than 1080x1920 .* This one has 405x720/ }]
      },
      `${changes.fit}`
    )
  }
  for (const [changes, frame] of [
    [{ width: 100, height: 100, fit: 'cover' }, makeFrame(178, 100)],
    [{ ...box, fit: 'contain' }, makeFrame(1080, 608)],
    [{ ...box, fit: 'inside' }, makeFrame(64, 36)],
    [{ width: 1000, fit: 'cover' }, makeFrame(64, 36)]
  ] as const) {
    t.same((await encodeImage(frame, options(changes))).warnings, [], changes.fit)
  }
})

t.test('encodes each format, upright, in sRGB and without metadata', async (t) => {
  for (const format of ['jpeg', 'webp', 'avif', 'png'] as const) {
    const image = await encodeImage(makeFrame(64, 32), options({ format }))
    t.equal(image.contentType, `image/${format}`)
    const seen = await sharp(image.data).metadata()
    t.match(seen, { width: 64, height: 32, space: 'srgb', format: format === 'avif' ? 'heif' : format })
    t.same([seen.exif, seen.xmp, seen.iptc], [undefined, undefined, undefined])
    t.match(seen.icc?.toString('latin1').replaceAll('\0', ''), /sRGB/, `${format}: is tagged`)
    t.ok(seen.icc!.length < 500)
    const { data } = await sharp(image.data).removeAlpha().raw().toBuffer({ resolveWithObject: true })
    t.ok(data[0]! > 230 && data[2]! < 40, `${format}: the left is red`)
    t.ok(data[63 * 3]! < 40 && data[63 * 3 + 2]! > 230, `${format}: the right is blue`)
  }
})

t.test('writes the same JPEG as sharp when it adds the profile itself', async (t) => {
  const {
    picture: { data, ...raw }
  } = makeFrame(64, 32)
  for (const [quality, chromaSubsampling] of [
    [80, '4:2:0'],
    [95, '4:4:4']
  ] as const) {
    const image = await encodeImage(makeFrame(64, 32), options({ quality }))
    const expected = await sharp(data, { raw }).withIccProfile('srgb').jpeg({ quality, chromaSubsampling }).toBuffer()
    t.ok(image.data.equals(expected), chromaSubsampling)
  }
})

t.test('keeps transparency where the format can', async (t) => {
  t.ok((await sharp((await encodeImage(makeFrame(64, 32, 4), options({ format: 'png' }))).data).metadata()).hasAlpha)
  t.notOk(
    (await sharp((await encodeImage(makeFrame(64, 32, 4), options({ format: 'jpeg' }))).data).metadata()).hasAlpha
  )
})

t.test('fills with the background in a format without transparency, and around a padded picture', async (t) => {
  const clear = makeFrame(64, 32, 4)
  for (let at = 3; at < clear.picture.data.length; at += 4) clear.picture.data[at] = 0
  const seen = async (frame: ExtractedFrame, changes: Partial<ImageOptions>) => [
    ...(await sharp((await encodeImage(frame, options(changes))).data)
      .raw()
      .toBuffer())
  ]
  const close = (a: number[], b: number[]) => a.every((value, at) => Math.abs(value - b[at]!) <= 2)
  t.ok(close((await seen(clear, { background: 'ff8000' })).slice(0, 3), [255, 128, 0]), 'through a JPEG')
  t.ok(close((await seen(clear, {})).slice(0, 3), [0, 0, 0]), 'black by default')
  t.same((await seen(clear, { format: 'png', background: 'ff8000' }))[3], 0, 'a PNG stays clear')
  const padded = { width: 64, height: 64, fit: 'contain', format: 'png', background: 'ff8000' } as const
  t.same((await seen(makeFrame(64, 32), padded)).slice(0, 3), [255, 128, 0], 'around')
  t.same((await seen(clear, padded)).slice(0, 4), [255, 128, 0, 255], 'around a transparent one')
})

t.test('keeps full chroma in a JPEG of high quality, and if the picture has chroma detail', async (t) => {
  const lines = makeFrame(64, 32)
  for (let at = 0; at < 64 * 32; at++) lines.picture.data.set(at % 4 === 0 ? [220, 30, 30] : [30, 30, 220], at * 3)
  for (const [frame, quality, chromaSubsampling] of [
    [makeFrame(64, 32), 80, '4:2:0'],
    [makeFrame(64, 32), 90, '4:4:4'],
    [lines, 80, '4:4:4']
  ] as const) {
    t.match(await sharp((await encodeImage(frame, options({ quality }))).data).metadata(), {
      chromaSubsampling,
      isProgressive: false
    })
  }
})

t.test('makes smaller files at lower quality', async (t) => {
  const noise = makeFrame(256, 256)
  for (let at = 0; at < noise.picture.data.length; at++) noise.picture.data[at] = (at * 7919) % 251
  const [low, high] = await Promise.all([20, 90].map((quality) => encodeImage(noise, options({ quality }))))
  t.ok(low!.data.length < high!.data.length / 2)
})

t.test('makes a placeholder', async (t) => {
  const { placeholder } = await encodeImage(makeFrame(640, 360), options())
  const bytes = Buffer.from(placeholder, 'base64')
  t.ok(bytes.length >= 5 && bytes.length <= 25)
})
