import type { Timestamp } from './timestamp.ts'

export const SEEKS = ['exact', 'keyframe'] as const
export const BEYONDS = ['error', 'clamp'] as const
export const FITS = ['inside', 'cover', 'contain', 'fill'] as const
export const FORMATS = ['jpeg', 'webp', 'avif', 'png'] as const

export type Seek = typeof SEEKS[number]
export type Beyond = typeof BEYONDS[number]
export type Fit = typeof FITS[number]
export type Format = typeof FORMATS[number]

/** What decides the picture. Two equal values make the same picture of the same source. */
export interface PictureOptions {
  readonly timestamp: Timestamp
  readonly seek: Seek
  readonly beyond: Beyond
  /** Pixels, 16 to 4096. Neither given: the source's display size, at most 1920 wide. */
  readonly width: number | undefined
  readonly height: number | undefined
  readonly fit: Fit
  readonly format: Format
  /** 1 to 100. */
  readonly quality: number
}

/** All options of one thumbnail, checked and complete. */
export interface ThumbnailOptions extends PictureOptions {
  readonly regenerate: boolean
  /** Seconds that the presigned URL lives, 60 to 604,800. */
  readonly expires: number
}

/** The options as they come from a query or a JSON body, of the right types but not complete. */
export interface RawThumbnailOptions {
  readonly timestamp?: string
  readonly seek?: Seek
  readonly beyond?: Beyond
  readonly width?: number
  readonly height?: number
  readonly fit?: Fit
  readonly format?: Format
  readonly quality?: number
  readonly regenerate?: boolean
  readonly expires?: number
}
