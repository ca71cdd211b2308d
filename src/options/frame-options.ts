import type { PictureFormat } from './formats.ts'

/** `exact`: the frame that a player shows at the timestamp; `keyframe`: the key frame at or before it. */
export const SEEKS = ['exact', 'keyframe'] as const

/** Result of a timestamp after the end: `error`, or `clamp` to the last frame. */
export const BEYONDS = ['error', 'clamp'] as const

/** Ways in which a picture fills width and height, named as in sharp. */
export const FITS = ['inside', 'cover', 'contain', 'fill'] as const

/** Formats of a thumbnail. */
export const FORMATS = ['jpeg', 'webp', 'avif', 'png'] as const satisfies readonly PictureFormat[]

/** Names that a request may give the formats: `jpg` is another name of `jpeg`. */
export const FORMAT_NAMES = [...FORMATS, 'jpg'] as const

/** One of {@link SEEKS}. */
export type Seek = (typeof SEEKS)[number]

/** One of {@link BEYONDS}. */
export type Beyond = (typeof BEYONDS)[number]

/** One of {@link FITS}. */
export type Fit = (typeof FITS)[number]

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number]

/** Returns the format of a name; `jpg` is `jpeg`. */
export function readFormat<Name extends Format> (name: Name | 'jpg'): Name | 'jpeg' {
  return name === 'jpg' ? 'jpeg' : name
}
