import type { PictureMeasures } from './measure-picture.ts'

/** A score that rises from 0 at `from` to `worth` at `to` and beyond. */
interface Scale {
  readonly from: number
  readonly to: number
  readonly worth: number
}

/**
 * Criteria for and against a picture. They saturate, because more is not always better: a hedge has more detail than
 * the bird in front of it. docs/auto.md explains each.
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
/**
 * Within these bounds the sharpest picture of a video is the reference for the others, because the best of an old
 * camera is soft.
 */
const SHARPNESS_RANGE = { least: 1, most: 24 } as const

/** Scores the pictures of one video; only the differences are meaningful. */
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
