import { CONTAINER_EXTENSIONS, extensionOf } from '../options/containers.ts'

/**
 * Types of pictures that cannot run scripts. The app serves the local store from its own origin, where an HTML or SVG
 * file in the directory would be a script with the rights of the app.
 */
const PICTURE_TYPES: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif'
}

/**
 * Returns the media type of a file by its extension; `application/octet-stream` unless it is a video or a picture.
 */
export function guessMediaType (name: string): string {
  const extension = extensionOf(name)
  const picture = Object.hasOwn(PICTURE_TYPES, extension) ? PICTURE_TYPES[extension] : undefined
  return CONTAINER_EXTENSIONS.get(extension) ?? picture ?? 'application/octet-stream'
}
