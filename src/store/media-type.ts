import { extname } from 'node:path'

/**
 * Only what cannot run in a page: the local store is served from the app's own origin, where an HTML or SVG file that
 * somebody dropped into the directory would be a script with the app's rights.
 */
const TYPES_BY_EXTENSION: Readonly<Record<string, string>> = {
  '.mp4': 'video/mp4',
  '.m4v': 'video/mp4',
  '.mov': 'video/quicktime',
  '.webm': 'video/webm',
  '.mkv': 'video/x-matroska',
  '.avi': 'video/x-msvideo',
  '.flv': 'video/x-flv',
  '.wmv': 'video/x-ms-wmv',
  '.mpg': 'video/mpeg',
  '.mpeg': 'video/mpeg',
  '.ts': 'video/mp2t',
  '.m2ts': 'video/mp2t',
  '.ogv': 'video/ogg',
  '.3gp': 'video/3gpp',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif'
}

/**
 * The media type that the name of a file speaks of; `application/octet-stream` for all that is not video or a
 * picture.
 */
export function guessMediaType (name: string): string {
  return TYPES_BY_EXTENSION[extname(name).toLowerCase()] ?? 'application/octet-stream'
}
