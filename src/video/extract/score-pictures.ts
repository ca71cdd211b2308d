import type { PictureMeasures } from './measure-picture.ts'

/** A value is worth nothing at `from`, all of `worth` at `to` and beyond, and a part between them. */
interface Scale {
  readonly from: number
  readonly to: number
  readonly worth: number
}

/**
 * What counts for a picture and what against it. More than enough is not better: a hedge has more detail than the
 * bird in front of it. docs/auto.md argues each.
 */
const SCALES: ReadonlyArray<readonly [keyof PictureMeasures, Scale]> = [
  ['entropy', { from: 0, to: 7, worth: 3 }],
  ['contrast', { from: 0, to: 128, worth: 2 }],
  ['colourfulness', { from: 0, to: 45, worth: 1 }],
  ['brightness', { from: 32, to: 0, worth: -3 }],
  ['clipped', { from: 0, to: 1, worth: -1 }],
  ['flat', { from: 0.5, to: 1, worth: -4 }],
  ['noise', { from: 5, to: 15, worth: -4 }]
]
const SHARPNESS_WORTH = 2
/** Between these, the sharpest picture of a video is the measure for the others: an old camera's best is soft. */
const SHARPNESS_RANGE = { least: 1, most: 24 } as const

/** Says how much each picture of one video is worth showing; only the differences mean something. */
export function scorePictures (pictures: readonly PictureMeasures[]): number[] {
  const sharpest = Math.max(...pictures.map(({ sharpness }) => sharpness))
  const to = Math.min(SHARPNESS_RANGE.most, Math.max(SHARPNESS_RANGE.least, sharpest))
  const scales = [...SCALES, ['sharpness', { from: 0, to, worth: SHARPNESS_WORTH }] as const]
  return pictures.map((picture) =>
    scales.reduce((score, [measure, scale]) => score + weigh(scale, picture[measure]), 0)
  )
}

function weigh ({ from, to, worth }: Scale, value: number): number {
  return worth * Math.min(1, Math.max(0, (value - from) / (to - from)))
}
