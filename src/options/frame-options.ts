import type { PictureFormat } from './formats.ts'

/** `exact`: the frame a player shows at T; `keyframe`: the key frame at or before T. */
export const SEEKS = ['exact', 'keyframe'] as const

/** What a timestamp past the end means: `error`, or `clamp` to the last frame. */
export const BEYONDS = ['error', 'clamp'] as const

/** How the picture fills width and height, in sharp's words. */
export const FITS = ['inside', 'cover', 'contain', 'fill'] as const

/** Formats of a thumbnail. */
export const FORMATS = ['jpeg', 'webp', 'avif', 'png'] as const satisfies readonly PictureFormat[]

/** One of {@link SEEKS}. */
export type Seek = (typeof SEEKS)[number]

/** One of {@link BEYONDS}. */
export type Beyond = (typeof BEYONDS)[number]

/** One of {@link FITS}. */
export type Fit = (typeof FITS)[number]

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number]
