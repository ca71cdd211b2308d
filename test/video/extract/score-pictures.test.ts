import t from 'tap'
import { measurePicture } from '../../../src/video/extract/measure-picture.ts'
import type { Picture } from '../../../src/video/media/picture.ts'
import { scorePictures } from '../../../src/video/extract/score-pictures.ts'
import { createRandom } from '../../support/random.ts'

const [WIDTH, HEIGHT] = [160, 90]
type Colour = readonly [red: number, green: number, blue: number]

function paint (colourAt: (x: number, y: number) => Colour): Picture {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let y = 0, at = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) for (const value of colourAt(x, y)) data[at++] = Math.max(0, Math.min(255, value))
  }
  return { data, width: WIDTH, height: HEIGHT, channels: 3 }
}

const pixelOf = ({ data }: Picture, x: number, y: number): Colour => {
  const at = (Math.min(HEIGHT - 1, Math.max(0, y)) * WIDTH + Math.min(WIDTH - 1, Math.max(0, x))) * 3
  return [data[at]!, data[at + 1]!, data[at + 2]!]
}
const mix = (a: Colour, b: Colour, share: number): Colour =>
  [0, 1, 2].map((place) => a[place]! * (1 - share) + b[place]! * share) as unknown as Colour
const isWithin = (x: number, y: number, [left, top, right, bottom]: readonly number[]) =>
  x >= left! && x < right! && y >= top! && y < bottom!

const BLACK: Colour = [0, 0, 0]
const WHITE: Colour = [255, 255, 255]
const random = createRandom(7)
const grain = Array.from({ length: WIDTH * HEIGHT }, () => random() * 16 - 8)

/** As a camera might: a bright sky, a rough meadow, a house with a roof, and grain over all. */
const photo = paint((x, y) => {
  const grey = grain[y * WIDTH + x]! + 14 * Math.sin(x / 5) * Math.cos(y / 4)
  const base: Colour = isWithin(x, y, [60, 30, 100, 65])
    ? y < 42
      ? [170, 60, 40]
      : x % 12 < 4 && y % 10 < 5
        ? [40, 45, 60]
        : [215, 200, 170]
    : y < 48 - 6 * Math.sin(x / 25)
      ? [110 + y, 150 + y, 235]
      : [60 + x / 4, 125 - y / 3, 45]
  return mix(base, [base[0] + grey, base[1] + grey, base[2] + grey], 1)
})
const faded = (share: number, to: Colour) => paint((x, y) => mix(pixelOf(photo, x, y), to, share))
const blurred = paint((x, y) => {
  let sum: Colour = BLACK
  for (let dy = -4; dy <= 4; dy++) {
    for (let dx = -4; dx <= 4; dx++) {
      sum = sum.map((value, place) => value + pixelOf(photo, x + dx, y + dy)[place]! / 81) as unknown as Colour
    }
  }
  return sum
})
const BARS: Colour[] = [
  [191, 191, 191],
  [191, 191, 0],
  [0, 191, 191],
  [0, 191, 0],
  [191, 0, 191],
  [191, 0, 0],
  [0, 0, 191]
]
const bars = paint((x) => BARS[Math.floor((x * BARS.length) / WIDTH)]!)
const noise = paint(() => [random() * 256, random() * 256, random() * 256])
const title = paint((x, y) => (isWithin(x, y, [40, 38, 120, 52]) && x % 8 < 5 ? WHITE : BLACK))
const slate = paint((x, y) => (isWithin(x, y, [40, 38, 120, 52]) && x % 8 < 5 ? WHITE : [30, 60, 140]))
const flat = (colour: Colour) => paint(() => colour)

const POOR: Array<[string, Picture]> = [
  ['black', flat(BLACK)],
  ['white', flat(WHITE)],
  ['one colour', flat([0, 128, 0])],
  ['half faded to black', faded(0.5, BLACK)],
  ['nearly faded to black', faded(0.9, BLACK)],
  ['half faded to white', faded(0.5, WHITE)],
  ['dissolving into a blurred one', paint((x, y) => mix(pixelOf(photo, x, y), pixelOf(blurred, WIDTH - x, y), 0.5))],
  ['blurred', blurred],
  ['colour bars', bars],
  ['noise', noise],
  ['white letters on black', title],
  ['white letters on blue', slate],
  [
    'grey of the same light',
    paint((x, y) => {
      const grey = pixelOf(photo, x, y)[1]
      return [grey, grey, grey]
    })
  ],
  ['overexposed', paint((x, y) => pixelOf(photo, x, y).map((value) => value * 1.8) as unknown as Colour)]
]

const compare = (better: Picture, worse: Picture): number => {
  const [a = NaN, b = NaN] = scorePictures([better, worse].map(measurePicture))
  return a - b
}

for (const [name, picture] of POOR) {
  t.test(`scores a good picture above this one: ${name}`, async (t) => {
    t.ok(compare(photo, picture) > 0.3, String(compare(photo, picture)))
  })
}

t.test('distinguishes bad from worse', async (t) => {
  const rising = [flat(BLACK), faded(0.95, BLACK), faded(0.8, BLACK), faded(0.5, BLACK), photo]
  const scores = scorePictures(rising.map(measurePicture))
  t.same(
    scores,
    scores.toSorted((a, b) => a - b),
    'the further out of black, the better'
  )
  t.ok(compare(title, flat(BLACK)) > 0, 'a title rather than nothing')
  t.ok(compare(slate, title) > 0, 'colour rather than black')
  t.ok(compare(blurred, flat(WHITE)) > 0, 'anything rather than nothing')
})

t.test('caps every measure', async (t) => {
  const busy = paint((x, y) => mix(pixelOf(photo, x, y), pixelOf(photo, (x * 3) % WIDTH, (y * 3) % HEIGHT), 1))
  t.ok(Math.abs(compare(photo, busy)) < 0.5, String(compare(photo, busy)))
})

t.test("measures sharpness against the video's own best", async (t) => {
  const soft = measurePicture(blurred)
  const [alone = NaN] = scorePictures([soft])
  const [beside = NaN] = scorePictures([soft, measurePicture(photo)])
  t.ok(alone > beside)
})

t.test('scores a picture that is too small for edges', async (t) => {
  const dot = measurePicture({ data: Buffer.from([10, 20, 30]), width: 1, height: 1, channels: 3 })
  t.ok(scorePictures([dot]).every(Number.isFinite))
})
