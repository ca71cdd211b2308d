/**
 * Formats of the pictures that Posterframe writes: the media type and the file extension of each. Extensions differ,
 * so that a key says which format the object has.
 */
export const PICTURE_FORMATS = {
  jpeg: { mediaType: 'image/jpeg', extension: 'jpg' },
  webp: { mediaType: 'image/webp', extension: 'webp' },
  avif: { mediaType: 'image/avif', extension: 'avif' },
  png: { mediaType: 'image/png', extension: 'png' }
} as const

/** Name of a format in {@link PICTURE_FORMATS}. */
export type PictureFormat = keyof typeof PICTURE_FORMATS

/** Returns the file extensions of formats, without dots. */
export function fileExtensions (formats: readonly PictureFormat[]): string[] {
  return formats.map((format) => PICTURE_FORMATS[format].extension)
}
