import { isDeepStrictEqual } from 'node:util'
import sharp from 'sharp'
import t from 'tap'
import fc from 'fast-check'
import { type Size, type ResizeOptions, computeScaledSize, shrinkBox } from '../../../src/video/media/scaled-size.ts'

const request = (changes: Partial<ResizeOptions>): ResizeOptions => ({
  width: undefined,
  height: undefined,
  fit: 'inside',
  ...changes
})

const HD = { width: 1280, height: 720 }
const PORTRAIT = { width: 1080, height: 1920 }

t.test('scales a frame to the requested size, and never enlarges it', async (t) => {
  const cases: Array<[string, Size, Partial<ResizeOptions>, [number, number]]> = [
    ['unchanged', { width: 640, height: 360 }, {}, [640, 360]],
    ['at most 1920 wide', { width: 3840, height: 2160 }, {}, [1920, 1080]],
    ['by width', { width: 640, height: 361 }, { width: 320 }, [320, 181]],
    ['by height', { width: 640, height: 360 }, { height: 90 }, [160, 90]],
    ['inside a box', { width: 640, height: 360 }, { width: 100, height: 100 }, [100, 56]],
    ['contained in a box', { width: 640, height: 360 }, { width: 100, height: 100, fit: 'contain' }, [100, 56]],
    ['covering a box', { width: 640, height: 360 }, { width: 100, height: 100, fit: 'cover' }, [178, 100]],
    [
      'covering a box that is larger on one side, which shrinks',
      { width: 640, height: 90 },
      { width: 100, height: 100, fit: 'cover' },
      [640, 90]
    ],
    ['covering a box that is taller than the source', HD, { ...PORTRAIT, fit: 'cover' }, [1280, 720]],
    ['filling a box that is taller than the source', HD, { ...PORTRAIT, fit: 'fill' }, [405, 720]],
    ['filling a box that is larger than the source', HD, { width: 2000, height: 2000, fit: 'fill' }, [720, 720]],
    ['filling a box', { width: 640, height: 360 }, { width: 100, height: 100, fit: 'fill' }, [100, 100]],
    ['filling a width', { width: 640, height: 360 }, { width: 100, fit: 'fill' }, [100, 360]],
    ['larger than the source', { width: 64, height: 36 }, { width: 1000 }, [64, 36]],
    ['a wide strip', { width: 4096, height: 16 }, {}, [1920, 8]],
    ['a half that sharp rounds down', { width: 99, height: 132 }, { height: 38 }, [28, 38]],
    ['a half that sharp rounds up', { width: 104, height: 182 }, { width: 74 }, [74, 130]],
    ['a tall strip', { width: 16, height: 4096 }, { height: 16 }, [1, 16]]
  ]
  for (const [what, display, changes, [width, height]] of cases) {
    t.same(computeScaledSize(display, request(changes)), { width, height }, what)
  }
})

t.test('leaves only cropping and padding to sharp', async (t) => {
  const side = fc.integer({ min: 1, max: 300 })
  const asked = fc.option(fc.integer({ min: 16, max: 200 }), { nil: undefined })
  const fits = fc.constantFrom('inside', 'cover', 'contain', 'fill')
  await fc.assert(
    fc.asyncProperty(side, side, asked, asked, fits, async (width, height, requestWidth, requestHeight, fit) => {
      fc.pre(requestWidth !== undefined || requestHeight !== undefined)
      const request = { width: requestWidth, height: requestHeight, fit }
      const box = shrinkBox({ width, height }, request)
      const resizing = {
        ...(box.width === undefined ? {} : { width: box.width }),
        ...(box.height === undefined ? {} : { height: box.height }),
        fit,
        withoutEnlargement: true
      }
      const measure = async (size: Size) => {
        const { info } = await sharp({ create: { ...size, channels: 3, background: 'red' } })
          .resize(resizing)
          .raw()
          .toBuffer({ resolveWithObject: true })
        return [info.width, info.height]
      }
      const scaled = computeScaledSize({ width, height }, request)
      const [fromScaled, fromWhole] = await Promise.all([measure(scaled), measure({ width, height })])
      if (String(fromScaled) !== String(fromWhole)) {
        throw new Error(`${String(fromScaled)} is not ${String(fromWhole)} for ${width} x ${height}`)
      }
      if (fit === 'cover' && !isDeepStrictEqual(shrinkBox(scaled, request), box)) {
        throw new Error('the box of the scaled frame differs')
      }
      const hasShape = (fit === 'cover' || fit === 'fill') && box.width !== undefined && box.height !== undefined
      if (hasShape && String(fromWhole) !== String([box.width, box.height])) throw new Error('the shape is lost')
      if (hasShape && (box.width! > width || box.height! > height)) throw new Error('the picture is enlarged')
    }),
    { numRuns: 300 }
  )
  t.pass()
})
